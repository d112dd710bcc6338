import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderEksCompatibility } from './render-eks-compatibility.ts';

writeFileSync(path.join(import.meta.dirname, '../docs/eks-compatibility.md'), renderEksCompatibility());
