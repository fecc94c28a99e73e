import type { LocalObjectStore } from '../objects/local-object-store.js';
import type { ControlPlane } from '../sagemaker/control-plane.js';
import { bedrockProtocol } from './bedrock-rest.js';
import { comprehendProtocol } from './comprehend-json.js';
import type { Protocol } from './protocol.js';
import { s3Protocol } from './s3/s3-rest.js';
import { sagemakerControlProtocol } from './sagemaker-json.js';
import { sagemakerProtocol } from './sagemaker-rest.js';

/** All protocols. The first that accepts a request answers it. */
export function protocols(objects: LocalObjectStore, control: ControlPlane, region: string): readonly Protocol[] {
  return [
    comprehendProtocol,
    sagemakerControlProtocol(control),
    s3Protocol(objects, region),
    sagemakerProtocol,
    bedrockProtocol,
  ];
}
