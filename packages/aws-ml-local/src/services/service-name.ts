/** The three services, by the names the options, the faults and the request log use. */
export const SERVICE_NAMES = ['comprehend', 'sagemaker', 'bedrock'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];
