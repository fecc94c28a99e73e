import type { ReferenceSection } from '../statement.js';
import { batchMode } from './batch-mode.js';
import { bedrock } from './bedrock.js';
import { comprehend } from './comprehend.js';
import { installation } from './installation.js';
import { materialization } from './materialization.js';
import { monitoring } from './monitoring.js';
import { multipleOutputs } from './multiple-outputs.js';
import { privileges } from './privileges.js';
import { sagemaker } from './sagemaker.js';

/** In the order of the document; later sections use the functions of earlier ones. */
export const sections: readonly ReferenceSection[] = [
  installation,
  privileges,
  bedrock,
  comprehend,
  sagemaker,
  multipleOutputs,
  batchMode,
  materialization,
  monitoring,
];
