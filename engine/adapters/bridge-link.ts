import { runChecked } from '../lib/process/exec.ts'

/** Removes a bridge of the host. @throws ProgramMissing, ProgramFailed. */
export async function removeBridge(name: string): Promise<void> {
  await runChecked('ip', ['link', 'delete', 'dev', name, 'type', 'bridge'])
}
