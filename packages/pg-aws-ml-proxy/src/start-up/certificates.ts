import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ConfigurationError } from 'aws-ml-options';

/** What the proxy shows to clients. */
export interface Certificates {
  readonly context: SecureContext;
  /** In DER. */
  readonly certificate: Buffer;
}

/**
 * Reads certificate and key, PEM files.
 *
 * @returns undefined where neither is named
 * @throws ConfigurationError where they cannot be used
 */
export async function readCertificates(tlsCert?: string, tlsKey?: string): Promise<Certificates | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ConfigurationError(['tlsCert and tlsKey must be given together.']);
  }
  try {
    const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)]);
    const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    return { context, certificate: new X509Certificate(cert).raw };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`tlsCert and tlsKey cannot be used: ${code ?? message}.`]);
  }
}
