/**
 * Becomes a small shell that waits, and then runs a command line: this process's memory is free meanwhile. It ends without running
 * it once `file` is gone. Does not return.
 *
 * @param until milliseconds since the epoch.
 */
export function runLater(until: number, file: string, command: readonly string[]): never {
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
  const environment = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
  process.execve?.('/bin/sh', ['sh', '-c', waitScript, 'berth-restart', file, String(seconds), ...command], environment)
  throw new Error('The process could not be replaced.')
}

const waitScript =
  'file=$1 left=$2; shift 2; ' +
  'while [ "$left" -gt 0 ]; do [ -e "$file" ] || exit 0; sleep 1; left=$((left-1)); done; [ -e "$file" ] || exit 0; exec "$@"'
