// Loads nothing but what the command line asks for: the time until `berth ps` answers is mostly loading.
import { readVersion } from './version.ts'

const argv = process.argv.slice(2)
if (argv[0] === '--as=skopeo') {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  void import('./skopeo/run.ts').then(({ runSkopeo }) => runSkopeo(argv.slice(1))).then(leave)
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  process.stdout.write(`berth version ${readVersion()}\n`)
} else {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no failure.
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`Error: standard output cannot be written: ${error.message.replace(/, write$/, '')}\n`)
    process.exit(125)
  })
  void import('./run-command-line.ts').then(({ runCommandLine }) => runCommandLine(argv)).then(leave)
}

/** Ends once all is written: what a pipe's reader has not taken yet would be lost. */
function leave(code: number): void {
  const unwritten = [process.stdout, process.stderr].filter(({ writableLength }) => writableLength > 0)
  if (unwritten.length === 0) process.exit(code)
  let left = unwritten.length
  for (const stream of unwritten) stream.write('', () => --left === 0 && process.exit(code))
}
