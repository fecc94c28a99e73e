import { describe, expect, it } from 'vitest';
import { ConfigurationError, type Faults, type LocalServicesOptions, startLocalServices } from '../src/index.js';

describe('options that cannot be meant as they are are refused', () => {
  it.each([
    [{ endpoint: {} }, 'options.endpoint is not an option. Did you mean endpoints?'],
    [{ port: 70_000 }, 'options.port must be a whole number from 0 to 65535, but is 70000.'],
    [{ sentiment: 'POSITIVE' }, 'options.sentiment must be a function, but is "POSITIVE".'],
    [{ faults: { bedrok: {} } }, 'options.faults.bedrok is not an option. Did you mean bedrock?'],
    [
      { faults: { bedrock: { trottle: 1 } } },
      'options.faults.bedrock.trottle is not an option. Did you mean throttle?',
    ],
    [
      { cassette: { mode: 'replya', path: 'a' } },
      'options.cassette.mode must be "record" or "replay", but is "replya". Did you mean "replay"?',
    ],
    [
      { buckets: ['My-Bucket'] },
      'options.buckets[0] must be a name that S3 allows, but is "My-Bucket". Did you mean "my-bucket"?',
    ],
    [{ data: '' }, 'options.data must be the path of a folder, but is an empty string.'],
    [{ models: { m: 1 } }, 'options.models.m must be a model, but is 1.'],
  ])('%#', async (options, problem) => {
    const failure = await startLocalServices(options as unknown as LocalServicesOptions).catch((error) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ problems: [problem] });
  });

  it('by setFaults as well', async () => {
    const services = await startLocalServices();
    expect(() => services.setFaults({ bedrock: { reste: 1 } } as Faults)).toThrow('Did you mean reset?');
    await services.close();
  });
});
