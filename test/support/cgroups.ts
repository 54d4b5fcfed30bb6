import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { User } from './users.ts'

const controllers = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer', 'blkio', 'devices', 'cpuset']

/** Whether the host has cgroup v2 alone. */
export const unified = existsSync('/sys/fs/cgroup/cgroup.controllers')

/** The folders of v1 controllers here, each once (`cpu,cpuacct` is one). */
function folders(): string[] {
  return controllers.map((name) => join('/sys/fs/cgroup', name)).filter((path) => existsSync(join(path, 'cgroup.procs')))
}

/** Whether `user` has cgroups of their own: by systemd, or made as the login helper does. */
export function delegated(user: User): boolean {
  if (unified) return existsSync(`/sys/fs/cgroup/user.slice/user-${user.uid}.slice/user@${user.uid}.service`)
  return existsSync(`/sys/fs/cgroup/memory/berth/user-${user.uid}`)
}

/** On a host without systemd, what the login helper makes at a log-in. Returns the folders made, the inner ones first. */
export function delegate(user: { uid: number; gid: number }): string[] {
  if (unified) return []
  return folders().flatMap((folder) => {
    const made: string[] = []
    let path = folder
    for (const name of ['berth', `user-${user.uid}`]) {
      const parent = path
      path = join(path, name)
      if (existsSync(path)) continue
      mkdirSync(path)
      made.unshift(path)
      if (folder.endsWith('/cpuset'))
        for (const file of ['cpuset.cpus', 'cpuset.mems']) writeFileSync(join(path, file), readFileSync(join(parent, file)))
    }
    chownSync(path, user.uid, user.gid)
    for (const file of readdirSync(path))
      if (/^(cgroup\.procs|tasks)$/.test(file)) chownSync(join(path, file), user.uid, user.gid)
    return made
  })
}

/** Removes what {@link delegate} made and whatever is below it; a cgroup with processes stays. */
export function removeCgroups(paths: string[]): void {
  for (const path of paths) removeTree(path)
}

function removeTree(path: string): void {
  if (!existsSync(path)) return
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(path, entry.name))
  try {
    rmdirSync(path)
  } catch {
    // somebody else is in it
  }
}
