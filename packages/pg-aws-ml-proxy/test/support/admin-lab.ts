import type { AwsMlOptions } from 'pg-aws-ml/session';
import { Activity } from '../../src/admin/activity.js';
import { type RunningAdmin, startAdmin } from '../../src/admin/admin-server.js';
import { ProcessReport } from '../../src/admin/process-report.js';
import type { ServiceState, Status } from '../../src/admin/status.js';
import { type MlLab, openMlLab } from './ml-lab.js';

/** A proxy before a database with the extension, and what is served about it over HTTP. */
export interface AdminLab extends MlLab {
  readonly admin: RunningAdmin;
  readonly url: string;
  /** What the service says of itself; may be set. */
  readonly says: { state: ServiceState; reachable: boolean };
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  status(): Promise<Status>;
}

export async function openAdminLab(options?: AwsMlOptions): Promise<AdminLab> {
  const activity = new Activity();
  const lab = await openMlLab({ observer: activity }, options);
  const report = new ProcessReport(lab.proxy, activity);
  const says: AdminLab['says'] = { state: 'running', reachable: true };
  const admin = await startAdmin('0', {
    state: () => says.state,
    reports: async (kind) => [await report.of(kind)],
    reachable: async () => says.reachable,
  });
  const url = `http://127.0.0.1:${admin.port}`;
  const get = (path: string, headers = {}) => fetch(`${url}${path}`, { headers });
  return {
    ...lab,
    admin,
    url,
    says,
    get,
    status: async () => (await (await get('/status.json')).json()) as Status,
    async close() {
      await admin.close();
      await lab.close();
    },
  };
}
