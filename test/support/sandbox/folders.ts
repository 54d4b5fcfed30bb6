import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { must, run } from '../processes.ts'
import { type Account, writeAccounts } from './accounts.ts'
import { cgroupPrefix, makeCgroups, removeCgroups } from './cgroups.ts'

// What a sandbox's /etc, /home, /root, /tmp, /var/tmp and control groups are outside of it.

/** What the sandboxes of a run are made from. */
export interface Sandboxes {
  /** The run's folder: `dist`, the build under test, and `content`, what each sandbox finds in {@link inside}. */
  folder: string
  accounts: Account[]
}

/** The folder in a sandbox that is its file's own. */
export const inside = '/tmp/berth-e2e'

/** Makes what a sandbox needs; returns its folder. A failure leaves none. */
export async function makeFolders(sandboxes: Sandboxes): Promise<string> {
  const own = mkdtempSync(join(sandboxes.folder, 'sandbox-'))
  try {
    await fill(own, sandboxes)
    return own
  } catch (error) {
    rmSync(own, { recursive: true, force: true })
    throw error
  }
}

async function fill(own: string, { folder, accounts }: Sandboxes): Promise<void> {
  const below = (path: string, mode = 0o755): string => {
    mkdirSync(join(own, path), { recursive: true })
    chmodSync(join(own, path), mode)
    return join(own, path)
  }
  below('.')
  below('tmp', 0o1777)
  below('var/tmp', 0o1777)
  below('root', 0o700)
  cpSync(join(folder, 'content'), below(inside), { recursive: true })
  below(join(inside, 'dist'))
  await must('cp', ['-a', join(folder, 'etc'), own])
  const uids = writeAccounts(join(own, 'etc'), below('home'), accounts)
  writeFileSync(join(own, 'uids'), uids.map((uid) => `${uid}\n`).join(''))
  const cgroups = makeCgroups(`${cgroupPrefix}${process.pid}-${basename(own)}`)
  writeFileSync(join(own, 'cgroups'), cgroups.map(({ cgroup, place }) => `${cgroup} ${place}\n`).join(''))
}

/**
 * What sandboxes have in /etc: the machine's, without what somebody configured for containers, and with a name server that answers
 * at once, with a refusal.
 * @param registries the content of registries.conf.
 */
export async function writeEtc(folder: string, registries: string): Promise<void> {
  const etc = join(folder, 'etc')
  // Where somebody adds an account meanwhile, files come and go.
  for (let attempts = 1; (await run('cp', ['-a', '/etc', folder])).code !== 0 && attempts < 10; attempts += 1)
    rmSync(etc, { recursive: true, force: true })
  for (const name of ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'])
    rmSync(join(etc, `${name}.lock`), { force: true })
  for (const name of ['containers', 'docker', 'criu', 'resolv.conf']) rmSync(join(etc, name), { recursive: true, force: true })
  mkdirSync(join(etc, 'containers'))
  writeFileSync(join(etc, 'containers/registries.conf'), registries)
  writeFileSync(join(etc, 'containers/policy.json'), '{"default": [{"type": "insecureAcceptAnything"}]}\n')
  writeFileSync(join(etc, 'resolv.conf'), 'nameserver 192.0.2.2\n')
}

/** Removes it all, once nothing runs in there any more. What cannot be removed is said on stderr, and stays. */
export async function removeFolders(own: string): Promise<void> {
  try {
    const lines = readFileSync(join(own, 'cgroups'), 'utf8').trim().split('\n')
    await removeCgroups(lines.map((line) => line.split(' ')[0]!))
    await rm(own, { recursive: true, force: true })
  } catch (error) {
    console.error(`The sandbox ${own} could not be removed: ${(error as Error).message}`)
  }
}

/** Waits until the sandboxes of a run have been removed: vitest ends a run while it stops the last process. */
export async function waitForRemoval(folder: string): Promise<void> {
  const end = Date.now() + 120_000
  while (Date.now() < end && readdirSync(folder).some((name) => name.startsWith('sandbox-'))) await sleep(20)
}
