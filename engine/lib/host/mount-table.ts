import { readFileSync } from 'node:fs'

/**
 * Where file systems are mounted below `folder` in this process's mount namespace, outer ones first, each place once; the
 * folder itself is not among them (proc(5), /proc/PID/mountinfo).
 *
 * @param table the text of a mountinfo file.
 */
export function mountPointsBelow(folder: string, table = readFileSync('/proc/self/mountinfo', 'latin1')): string[] {
  const places = table
    .split('\n')
    .map((line) => unescaped(line.split(' ', 5)[4] ?? ''))
    .filter((place) => place.startsWith(`${folder}/`))
  return [...new Set(places)].sort((one, other) => one.split('/').length - other.split('/').length)
}

/**
 * Whether a file system of `type` is what one sees at `path`, as proc_pid_mountinfo(5) says; the file system itself is not asked,
 * which could let one wait.
 */
export function isMountedAs(path: string, type: string, table = readFileSync('/proc/self/mountinfo', 'latin1')): boolean {
  // The last one mounted there is on top.
  const line = table.split('\n').findLast((each) => each.split(' ')[4] === path)
  return line !== undefined && line.slice(line.indexOf(' - ') + 3).split(' ')[0] === type
}

/** Blanks, tabs, line feeds and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  const bytes = field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
