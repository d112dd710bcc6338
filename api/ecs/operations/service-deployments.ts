import {
  ContinueServiceDeployment$,
  type ContinueServiceDeploymentRequest,
  type ContinueServiceDeploymentResponse,
  DescribeServiceDeployments$,
  type DescribeServiceDeploymentsRequest,
  type DescribeServiceDeploymentsResponse,
  DescribeServiceRevisions$,
  type DescribeServiceRevisionsRequest,
  type DescribeServiceRevisionsResponse,
  StopServiceDeployment$,
  type StopServiceDeploymentRequest,
  type StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import type { Dependencies } from '#control/dependencies.ts';
import { continueDeployment } from '#control/services/continue-deployment.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { stopDeployment } from '#control/services/stop-deployment.ts';
import { Fault } from '#core/fault.ts';
import type { ServiceDeploymentRecord } from '#core/model/service.ts';
import { arnParts } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { found, missing } from '../views/failure.ts';
import { deploymentView, revisionView } from '../views/service-deployment.ts';

type ArnType = 'service-deployment' | 'service-revision';

interface Reference {
  readonly cluster: string;
  readonly service: string;
  readonly digits: string;
}

function referenceOf(deps: Dependencies, type: ArnType, arn: string): Reference {
  const [cluster, service, digits, ...more] = arnParts(deps.scope, type, arn);
  if (cluster === undefined || service === undefined || digits === undefined || more.length > 0) {
    throw new Fault('InvalidParameter', `Invalid identifier: '${arn.slice(0, 200)}' is no ${type} ARN.`);
  }
  return { cluster, service, digits };
}

async function readRecord(deps: Dependencies, { cluster, service, digits }: Reference) {
  const records = await listDeploymentRecords(deps, cluster, service);
  return records.find(({ spec }) => spec.id.endsWith(`/${digits}`));
}

async function readRecords(
  deps: Dependencies,
  type: ArnType,
  arns: readonly string[],
): Promise<readonly (ServiceDeploymentRecord | undefined)[]> {
  return Promise.all(arns.map((arn) => readRecord(deps, referenceOf(deps, type, arn))));
}

export const describeServiceDeploymentsOperation = operation<
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse
>(DescribeServiceDeployments$, async ({ deps }, input) => {
  const arns = [...new Set(input.serviceDeploymentArns)];
  const records = await readRecords(deps, 'service-deployment', arns);
  return {
    serviceDeployments: found(records).map((record) => deploymentView(deps.scope, record)),
    failures: missing(records, (position) => arns[position] ?? ''),
  };
});

export const describeServiceRevisionsOperation = operation<
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse
>(DescribeServiceRevisions$, async ({ deps }, input) => {
  const arns = [...new Set(input.serviceRevisionArns)];
  const records = await readRecords(deps, 'service-revision', arns);
  return {
    serviceRevisions: found(records).map((record) => revisionView(deps.scope, record)),
    failures: missing(records, (position) => arns[position] ?? ''),
  };
});

export const stopServiceDeploymentOperation = operation<StopServiceDeploymentRequest, StopServiceDeploymentResponse>(
  StopServiceDeployment$,
  async ({ deps }, input) => {
    const arn = input.serviceDeploymentArn ?? '';
    const { digits, ...named } = referenceOf(deps, 'service-deployment', arn);
    await stopDeployment(deps, {
      ...named,
      deployment: digits,
      rollback: (input.stopType ?? 'ROLLBACK') === 'ROLLBACK',
    });
    return { serviceDeploymentArn: arn };
  },
);

export const continueServiceDeploymentOperation = operation<
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse
>(ContinueServiceDeployment$, async ({ deps }, input) => {
  const arn = input.serviceDeploymentArn ?? '';
  const { digits, ...named } = referenceOf(deps, 'service-deployment', arn);
  const answer = { hookId: input.hookId ?? '', action: input.action ?? 'CONTINUE' };
  await continueDeployment(deps, { ...named, ...answer, deployment: digits });
  return { serviceDeploymentArn: arn };
});
