import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryVolumes } from '#agent/volumes/directory-volumes.ts';
import type { PodVolumes, VolumeUser } from '#agent/volumes/pod-volumes.ts';
import type { PodVolume, VolumeMount } from '#core/model/pod.ts';
import { aPodRun } from '#test/support/agent-pods.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';

const POD = 'p1.1';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const empty = (name: string, more: Partial<PodVolume> = {}): PodVolume => ({
  name,
  inMemory: false,
  files: [],
  ...more,
});
const config = (path = 'app.conf', mode = 0o644): PodVolume =>
  empty('config', { files: [{ path, content: base64('port=80'), mode }] });
const user = (mounts: readonly VolumeMount[], more: Partial<VolumeUser> = {}): VolumeUser => ({
  container: 'app',
  run: 0,
  mounts,
  terminationMessagePath: '/dev/termination-log',
  neighbours: [],
  ...more,
});
const mount = (volume: string, more: Partial<VolumeMount> = {}): VolumeMount => ({
  volume,
  path: '/data',
  readOnly: false,
  ...more,
});

describe('volumes of pods', () => {
  let root: string;
  let volumes: PodVolumes;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'berth-volumes-'));
    volumes = directoryVolumes({ disk: join(root, 'disk'), memory: join(root, 'memory') }, silentLog);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const placed = async (made: readonly PodVolume[], ...rest: Parameters<typeof user>) => {
    const run = aPodRun({ volumes: made });
    await volumes.make(POD, run);
    return volumes.place(POD, run, user(...rest));
  };
  const refused = (made: readonly PodVolume[], ...rest: Parameters<typeof user>) =>
    expect(placed(made, ...rest)).rejects.toMatchObject({ code: 'ContainerConfigurationError' });

  it('files, are there with their content and rights, behind a directory of the agent alone', async () => {
    const { mounts } = await placed([config('a/app.conf', 0o440)], [mount('config', { readOnly: true })]);
    const [only] = mounts;
    expect(only).toMatchObject({ target: '/data', readOnly: true });
    const file = join(only?.source ?? '', 'a/app.conf');
    expect(readFileSync(file, 'utf8')).toBe('port=80');
    expect(statSync(file).mode & 0o777).toBe(0o440);
    expect(statSync(join(root, 'disk', POD)).mode & 0o077).toBe(0);
  });

  it('an empty volume, may be written by everybody in the pod, on disk or in memory as it says', async () => {
    const { mounts } = await placed(
      [empty('disk'), empty('fast', { inMemory: true })],
      [mount('disk'), mount('fast', { path: '/fast' })],
    );
    expect(mounts.map(({ source }) => statSync(source).mode & 0o777)).toEqual([0o777, 0o777]);
    expect(mounts[0]?.source).toContain(join(root, 'disk'));
    expect(mounts[1]?.source).toContain(join(root, 'memory'));
  });

  it("a pod's group, owns the volumes and may read the files", async () => {
    const run = aPodRun({ volumes: [config('app.conf', 0o400), empty('scratch')], fsGroup: process.getgid?.() ?? 0 });
    await volumes.make(POD, run);
    const { mounts } = await volumes.place(POD, run, user([mount('config'), mount('scratch', { path: '/s' })]));
    expect(statSync(join(mounts[0]?.source ?? '', 'app.conf')).mode & 0o777).toBe(0o440);
    expect(statSync(mounts[1]?.source ?? '').mode & 0o7777).toBe(0o2777);
  });

  it.each(['../out', '/etc/passwd', 'a/../../b', 'x\0y'])(
    'a file at %j, is refused and nothing is written',
    async (path) => {
      await expect(volumes.make(POD, aPodRun({ volumes: [config(path)] }))).rejects.toMatchObject({
        code: 'ContainerConfigurationError',
      });
      expect(existsSync(join(root, 'out'))).toBe(false);
    },
  );

  it.each(['../../x', '/abs'])('a subPath of %j, is refused', async (subPath) => {
    await refused([empty('disk')], [mount('disk', { subPath })]);
  });

  it.each(['/', 'relative', '/a/../../etc', ''])('a mount at %j, is refused', async (path) => {
    await refused([empty('disk')], [mount('disk', { path })]);
  });

  it('a subPath of an empty volume, is made; one of a volume of files must be there', async () => {
    const { mounts } = await placed([empty('disk')], [mount('disk', { subPath: 'a/b' })]);
    expect(statSync(mounts[0]?.source ?? '').isDirectory()).toBe(true);
    const found = await placed([config()], [mount('config', { subPath: 'app.conf', readOnly: true })]);
    expect(readFileSync(found.mounts[0]?.source ?? '', 'utf8')).toBe('port=80');
    await refused([config()], [mount('config', { subPath: 'other.conf', readOnly: true })]);
  });

  it('a subPath that a container turned into a link, is refused at the next start', async () => {
    const run = aPodRun({ volumes: [empty('disk')] });
    await volumes.make(POD, run);
    const whole = await volumes.place(POD, run, user([mount('disk')]));
    mkdirSync(join(root, 'secret'));
    symlinkSync(join(root, 'secret'), join(whole.mounts[0]?.source ?? '', 'a'));
    for (const subPath of ['a', 'a/b']) {
      await expect(volumes.place(POD, run, user([mount('disk', { subPath })]))).rejects.toMatchObject({
        code: 'ContainerConfigurationError',
      });
    }
    expect(readdirSync(join(root, 'secret'))).toEqual([]);
  });

  it('a subPath that another container may turn into a link at this moment, is refused; one beside it is not', async () => {
    await refused([empty('disk')], [mount('disk', { subPath: 'a/b' })], {
      neighbours: [mount('disk', { subPath: 'a' })],
    });
    await placed([empty('disk')], [mount('disk', { subPath: 'a' })], {
      neighbours: [mount('disk', { subPath: 'b' }), mount('disk', { readOnly: true })],
    });
  });

  it('a volume the pod does not have, or the machine has lost, is refused', async () => {
    await refused([], [mount('other')]);
    const run = aPodRun({ volumes: [empty('fast', { inMemory: true })] });
    await volumes.make(POD, run);
    rmSync(join(root, 'memory'), { recursive: true });
    await expect(volumes.place(POD, run, user([mount('fast')]))).rejects.toMatchObject({
      message: expect.stringContaining('lost'),
    });
  });

  it('last words, are the end of what the run wrote, and of each run its own', async () => {
    const { lastWords } = await placed([], []);
    expect(statSync(lastWords?.source ?? '').mode & 0o777).toBe(0o666);
    expect(await volumes.lastWords(POD, user([]), 10)).toBeUndefined();
    writeFileSync(lastWords?.source ?? '', `${'x'.repeat(50)}the end`);
    expect(await volumes.lastWords(POD, user([]), 7)).toBe('the end');
    expect(await volumes.lastWords(POD, user([], { run: 1 }), 7)).toBeUndefined();
  });

  it('a pod that is removed, leaves nothing; what belongs to no pod any more goes, too', async () => {
    await volumes.make(POD, aPodRun({ volumes: [empty('disk'), empty('fast', { inMemory: true })] }));
    await volumes.make('p2.1', aPodRun({ volumes: [empty('disk')] }));
    await volumes.make('p3.1', aPodRun({ volumes: [empty('disk')] }));
    await volumes.remove(POD);
    await volumes.remove(POD);
    await volumes.keepOnly(new Set(['p2.1']));
    expect(readdirSync(join(root, 'disk'))).toEqual(['p2.1']);
    expect(readdirSync(join(root, 'memory'))).toEqual(['p2.1']);
  });

  it('a volume that holds more than its limit, is named; one without a limit never is', async () => {
    const run = aPodRun({ volumes: [empty('free'), empty('small', { sizeLimit: 100_000 })] });
    await volumes.make(POD, run);
    const { mounts } = await volumes.place(POD, run, user([mount('free'), mount('small', { path: '/s' })]));
    for (const { source } of mounts) {
      mkdirSync(join(source, 'deep'));
      writeFileSync(join(source, 'deep', 'file'), 'x'.repeat(50_000));
    }
    symlinkSync('/', join(mounts[1]?.source ?? '', 'everything'));
    expect(await volumes.overfull(POD, run)).toBeUndefined();
    for (const { source } of mounts) writeFileSync(join(source, 'more'), 'x'.repeat(60_000));
    expect(await volumes.overfull(POD, run)).toBe('small');
  });

  it('a pod with a name that is a path, is refused', async () => {
    await expect(volumes.make('../p1', aPodRun())).rejects.toMatchObject({ code: 'ContainerConfigurationError' });
  });
});
