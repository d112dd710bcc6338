import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderKubeCompatibility } from './render-kube-compatibility.ts';

writeFileSync(path.join(import.meta.dirname, '../docs/kubernetes-compatibility.md'), renderKubeCompatibility());
