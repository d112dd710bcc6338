import { Command } from 'commander';
import { agentCommand } from './agent-command.ts';
import { demoCommand } from './demo-command.ts';
import { downCommand } from './down-command.ts';
import { eventsCommand } from './events-command.ts';
import { execCommand } from './exec-command.ts';
import { explainCommand } from './explain-command.ts';
import type { Finish } from './finish.ts';
import { historyCommand } from './history-command.ts';
import { logsCommand } from './logs-command.ts';
import { planCommand } from './plan-command.ts';
import { profileCommand } from './profile-command.ts';
import { statusCommand } from './status-command.ts';
import { upCommand } from './up-command.ts';

/** The whole command line. A fresh one for each run, because commander keeps what it parsed. */
export function program(finish: Finish): Command {
  const berth = new Command('berth')
    .description('An open, serverless Fargate: the ECS API in front, your machines behind.')
    .showHelpAfterError('See: npx berth --help')
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  // A subcommand copies these settings when it is added, so they are set on the parent first.
  for (const command of [
    upCommand,
    statusCommand,
    explainCommand,
    execCommand,
    logsCommand,
    eventsCommand,
    historyCommand,
    planCommand,
    profileCommand,
    agentCommand,
    downCommand,
    demoCommand,
  ]) {
    const added = command(finish).copyInheritedSettings(berth);
    berth.addCommand(added);
  }
  return berth;
}

const EXAMPLES = `
Examples:
  npx berth demo                  see it work, in under a minute
  npx berth up --agents 3         control plane and three agents, until Ctrl-C
  npx berth status                what runs, and why what does not run does not
  npx berth explain service web   why it does not run what it should
  npx berth exec TASK -- ls /     run a command in a container of a running task
  npx berth logs TASK -f          what a container of a task writes, as it writes it
  npx berth events --follow       what happens, as it happens
  npx berth history service web   which deployment, crash or drain started and stopped each task
  npx berth plan run-task --cli-input-json run.json   what it would do, without doing it
  npx berth profile match -f app.yaml   which Fargate profile takes its pods, in which size, and why not
  npx berth agent --join @token --endpoint http://127.0.0.1:8700`;
