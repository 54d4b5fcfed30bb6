// Loads nothing but what the command line asks for: the time of `berth ps` is mostly loading.
import { print, printError, whenOutputFails, whenWritten } from './output/print.ts'
import { versionLine } from './version.ts'

const called = process.argv.slice(2)
const asDocker = called[0] === '--as=docker'
const argv = asDocker ? called.slice(1) : called
if (argv[0] === '--as=skopeo') {
  whenOutputFails((error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  void import('./skopeo/run.ts').then(({ runSkopeo }) => runSkopeo(argv.slice(1))).then(leave)
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  print(versionLine())
} else {
  whenOutputFails((error) => {
    // A reader that stops early (`| head`) is no failure.
    if (error.code === 'EPIPE') process.exit(0)
    printError(`Error: standard output cannot be written: ${error.message.replace(/, write$/, '')}\n`)
    process.exit(125)
  })
  if (asDocker) void import('./as-docker.ts').then(({ tellDocker }) => tellDocker())
  void import('./run-command-line.ts').then(({ runCommandLine }) => runCommandLine(argv)).then(leave)
}

function leave(code: number): void {
  whenWritten(() => process.exit(code))
}
