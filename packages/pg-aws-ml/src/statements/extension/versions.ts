import type { ExtensionVersion } from '../../stubs/sql/ml-functions.js';

export type ExtensionName = 'aws_ml' | 'aws_commons' | 'aws_s3';

/** That Aurora has, the one that is installed by default last. */
export const versions = {
  aws_ml: ['1.0', '2.0'],
  aws_commons: ['1.0', '1.1', '1.2'],
  aws_s3: ['1.0', '1.1'],
} as const satisfies Record<ExtensionName, readonly string[]>;

export const defaultVersions = { aws_ml: '2.0', aws_commons: '1.2', aws_s3: '1.1' } as const;

export const isMlVersion = (version: string): version is ExtensionVersion => version === '1.0' || version === '2.0';

/** The variables of a script that hold which version is installed. */
export const variables: Readonly<Record<ExtensionName, string>> = {
  aws_ml: 'ml',
  aws_commons: 'commons',
  aws_s3: 's3',
};
