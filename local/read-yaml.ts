import { readFileSync } from 'node:fs';
import { parse, type ScalarTag } from 'yaml';

const scalar = (tag: string, resolve: (text: string) => unknown): ScalarTag => ({ tag, resolve });

/** CloudFormation's short forms, read as the long ones. */
const TAGS = [
  scalar('!Ref', (name) => ({ Ref: name })),
  scalar('!GetAtt', (name) => ({ 'Fn::GetAtt': name.split('.') })),
  scalar('!Sub', (text) => ({ 'Fn::Sub': text })),
];

/** Reads one YAML file of the service. */
export function readYaml(file: string): unknown {
  return parse(readFileSync(file, 'utf8'), { customTags: TAGS, maxAliasCount: 0 });
}
