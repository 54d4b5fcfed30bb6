import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { EngineError } from '../errors/index.ts'
import { plainEnvironment } from '../lib/process/exec.ts'

/** The files by which a command in a container is known, whether this process lives or not. */
export interface WatchedExec {
  /** The pid of its first process, written by the runtime. */
  pidFile: string
  /** The pid of its monitor. */
  conmonPidFile: string
}

/** A process that ends a command in a container as soon as this process ends, or says so. */
export interface ExecWatcher {
  /** The command has ended by itself: the watcher leaves and touches nothing. Idempotent. */
  release(): void
  /**
   * Ends the command: SIGHUP to every process of its session and to their descendants, SIGKILL a second later to those that are left.
   * Resolves when none is. Idempotent; does nothing after {@link release}.
   */
  end(): Promise<void>
}

// The read returns when the other end of descriptor 3 is closed, however its holder ended. A pid is not used again as long as a process
// has it as its session, and the leader is checked to have the monitor as its parent as long as it lives. Scanning /proc is slow on busy
// hosts, and read takes a byte at a time: both are done seldom.
const script = `{
set -f
trap '' HUP INT TERM
read -r released <&3 && exit 0
pid=
conmon=
tries=40
while [ $tries -gt 0 ]; do
  tries=$((tries - 1))
  read -r pid <"$2"
  [ -n "$pid" ] && break
  read -r conmon <"$3"
  [ -n "$conmon" ] && [ ! -d "/proc/$conmon" ] && break
  sleep 0.05
done 2>/dev/null
[ -n "$pid" ] || exit 0
read -r conmon <"$3" 2>/dev/null
newline='
'
look() {
  table=$(set +f; cat /proc/[0-9]*/stat 2>/dev/null)
  members=
  found=" $pid $hit "
  more=1
  while [ $more = 1 ]; do
    more=0
    IFS=$newline
    for line in $table; do
      unset IFS
      each=\${line%% *}
      case "$members " in *" $each "*) continue ;; esac
      rest=\${line##*) }
      case "$rest" in Z*) continue ;; esac
      parent=\${rest#* }
      session=\${parent#* * }
      session=\${session%% *}
      parent=\${parent%% *}
      if [ "$each" = "$pid" ]; then [ "$parent" = "$conmon" ] || continue
      elif [ "$session" != "$pid" ]; then case "$found" in *" $each "* | *" $parent "*) ;; *) continue ;; esac
      fi
      members="$members $each"
      case "$found" in *" $each "*) ;; *) found="$found$each "; more=1 ;; esac
    done
    unset IFS
  done
}
wait_for() {
  tries=20
  while kill -0 $1 2>/dev/null && [ $tries -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.05
  done
}
hit=
look
hit=$members
kill -HUP $hit 2>/dev/null
kill -CONT $hit 2>/dev/null
for each in $hit; do wait_for $each; [ $tries -gt 0 ] || break; done
rounds=10
look
while [ -n "$members" ] && [ $rounds -gt 0 ]; do
  rounds=$((rounds - 1))
  kill -KILL $members 2>/dev/null
  sleep 0.05
  look
done
exit 0
}
`

/**
 * Starts the watcher of a command that is about to start in a container. It outlives this process, by a second at most, and is no part of
 * its process group. @throws EngineError `MonitorFailed`
 */
export async function watchExec({ pidFile, conmonPidFile }: WatchedExec): Promise<ExecWatcher> {
  const child = spawn('/bin/sh', ['-s', 'berth-exec-watcher', pidFile, conmonPidFile], {
    detached: true,
    cwd: '/',
    env: plainEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(new EngineError('MonitorFailed', 'The watcher of a terminal could not be started.', { cause })),
    )
  })
  child.unref()
  const control = child.stdio[3] as Socket
  for (const pipe of [child.stdin!, control]) pipe.on('error', () => {})
  child.stdin!.end(script)
  // Neither keeps this process alive.
  control.unref()
  return {
    release: () => {
      if (control.writable) control.end('released\n')
    },
    end: () => {
      control.destroy()
      child.ref()
      return ended
    },
  }
}
