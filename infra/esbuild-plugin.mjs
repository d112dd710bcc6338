import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** Where the bundles stand while the framework zips them; ignored by git. */
const OUTPUT = '.esbuild';

/** Named imports of CommonJS packages that call `require` at run time need one in an ES module. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles each function to one ES module before the framework zips it.
 *
 * The AWS SDK is bundled although Lambda's runtime has one: the bundle then runs the version the tests ran, only the
 * clients a function really imports are read at a cold start, and tree shaking leaves a small part of them.
 */
export default class EsbuildPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.serviceDir = serverless.serviceDir;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => this.bundle(),
      'after:package:createDeploymentArtifacts': () => this.collect(),
    };
  }

  functions() {
    const { service } = this.serverless;
    return service.getAllFunctions().map((name) => ({ name, definition: service.getFunction(name) }));
  }

  async bundle() {
    const output = path.join(this.serviceDir, OUTPUT);
    await rm(output, { recursive: true, force: true });
    const modules = this.functions().map(({ definition }) => definition.handler.replace(/\.[^.]+$/, ''));
    await build({
      absWorkingDir: this.serviceDir,
      entryPoints: modules.map((module) => ({ in: `${module}.ts`, out: module })),
      outdir: output,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      minifySyntax: true,
      sourcemap: true,
      sourcesContent: false,
      banner: { js: BANNER },
      logLevel: 'warning',
    });
    for (const { definition } of this.functions()) {
      const module = definition.handler.replace(/\.[^.]+$/, '');
      definition.package = { ...definition.package, patterns: ['!**', `${module}.mjs`, `${module}.mjs.map`] };
    }
    // The framework zips what lies under the service directory, so for that one step it is shown the bundles.
    this.serverless.serviceDir = output;
  }

  async collect() {
    this.serverless.serviceDir = this.serviceDir;
    const target = path.join(this.serviceDir, '.serverless');
    await mkdir(target, { recursive: true });
    for (const { definition } of this.functions()) {
      const artifact = path.join(target, path.basename(definition.package.artifact));
      await rename(definition.package.artifact, artifact);
      definition.package.artifact = artifact;
    }
    await rm(path.join(this.serviceDir, OUTPUT), { recursive: true, force: true });
  }
}
