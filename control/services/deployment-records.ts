import type { ServiceDeploymentRecord } from '#core/model/service.ts';
import { type HistoryChange, historyChanges, pendingRecord } from '#core/service/deployment-history.ts';
import type { Dependencies } from '../dependencies.ts';
import { deploymentRecordsPrefix, servicePartition } from '../keys.ts';
import type { Write } from '../ports.ts';
import { deploymentRecords, put, read, readAll, readMany, services } from '../records.ts';
import type { ServiceReading } from './read-service.ts';
import type { StateChange } from './service-outlook.ts';

/** How long a deployment that is over stays describable, as on ECS. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** The history writes of one transaction; steps that move no deployment have none and read nothing. */
export async function recordWrites(
  deps: Dependencies,
  { id, snapshot }: ServiceReading,
  { before, outlook }: StateChange,
): Promise<readonly Write[]> {
  const { service } = snapshot;
  // ECS keeps no history of what other deployers do.
  if (service.scheduler === 'task-sets') return [];
  const changes = historyChanges(service, before, outlook, deps.clock.now());
  if (changes.length === 0) return [];
  const moves = changes.filter((change) => change.kind === 'move');
  const found = await readMany(
    deps.store,
    deploymentRecords,
    moves.map(({ deployment }) => ({ ...id, id: deployment.id, createdAt: deployment.createdAt })),
  );
  const begins = changes.filter((change): change is HistoryChange & { kind: 'begin' } => change.kind === 'begin');
  return [
    ...begins.map(({ record }) => put(deploymentRecords, { ...id, ...nameOf(record) }, record, 'absent')),
    ...moves.flatMap(({ change }, at): Write[] => {
      // A service that was older than its history has deployments without a record.
      const record = found[at];
      const after = record && change(record.value);
      if (!record || !after || after === record.value) return [];
      const options = after.finishedAt === undefined ? {} : { expiresAt: after.finishedAt + KEPT_MS };
      return [put(deploymentRecords, { ...id, ...nameOf(after) }, after, record.version, options)];
    }),
  ];
}

const nameOf = ({ spec: { id, createdAt } }: ServiceDeploymentRecord) => ({ id, createdAt });

/** Every deployment of a service that is remembered, newest first. */
export async function listDeploymentRecords(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  service: string,
): Promise<readonly ServiceDeploymentRecord[]> {
  const prefix = deploymentRecordsPrefix;
  // The intent is read first: a record read later can only be newer.
  const intent = await read(deps.store, services, { cluster, service });
  const found = await readAll(deps.store, deploymentRecords, { pk: servicePartition(cluster, service), prefix });
  const records = found.map(({ value }) => value).reverse();
  const wanted = intent?.value;
  if (wanted?.status !== 'ACTIVE' || wanted.scheduler === 'task-sets') return records;
  return records.some(({ spec }) => spec.id === wanted.deployment.id) ? records : [pendingRecord(wanted), ...records];
}
