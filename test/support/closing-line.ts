import type { Reporter, TestModule } from 'vitest/node';

type Outcome = 'passed' | 'failed' | 'skipped';

/**
 * Ends a run with `N passed, N failed, N skipped` alone on the last line.
 * A file that could not be loaded, and an error outside every test, count as one failure each:
 * tests that were never reached must not look like tests that passed.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const line = closingLine(modules.flatMap(outcomes), errors.length);
    // The default reporter prints its summary in the same turn; leaving it first keeps this line last.
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}

export function closingLine(found: readonly Outcome[], errors: number): string {
  const count = (wanted: Outcome) => found.filter((outcome) => outcome === wanted).length;
  return `${count('passed')} passed, ${count('failed') + errors} failed, ${count('skipped')} skipped`;
}

export function outcomes(module: TestModule): readonly Outcome[] {
  const tests = [...module.children.allTests()].map((test): Outcome => {
    const { state } = test.result();
    // "pending" is a test that an abort left behind; it is no more a pass than a failure in a hook is.
    return state === 'pending' ? 'failed' : state;
  });
  const broken =
    module.errors().length + [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
  return [...tests, ...Array.from({ length: broken }, (): Outcome => 'failed')];
}
