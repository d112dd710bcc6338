import { Command } from 'commander';
import { runDemo } from './demo/run-demo.ts';
import type { Finish } from './finish.ts';
import { oneOf } from './option-values.ts';

export function demoCommand(finish: Finish): Command {
  return new Command('demo')
    .description('start a stack of its own, run a service of three tasks, kill one and watch it be replaced')
    .option('--runtime <name>', 'auto, docker or process', oneOf('--runtime', ['auto', 'docker', 'process']), 'auto')
    .addHelpText('after', '\nExample:\n  npx berth demo --runtime process')
    .action(async ({ runtime }: { readonly runtime: 'auto' | 'docker' | 'process' }) => finish(await runDemo(runtime)));
}
