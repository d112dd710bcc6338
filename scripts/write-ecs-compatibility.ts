import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderEcsCompatibility } from './render-ecs-compatibility.ts';

writeFileSync(path.join(import.meta.dirname, '../docs/ecs-compatibility.md'), renderEcsCompatibility());
