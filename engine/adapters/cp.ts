import { runChecked } from '../lib/process/exec.ts'

/**
 * Copies what is in the folder `from` into the folder `into`, which takes its owner, mode and times: links, devices, sparse files,
 * extended attributes and hard links are kept. Has no timeout: an interrupted copy would have to start again.
 *
 * @throws ProgramMissing, ProgramFailed
 */
export async function copyTree(from: string, into: string): Promise<void> {
  await runChecked('cp', ['-a', '--', `${from}/.`, into], { timeout: 0 })
}
