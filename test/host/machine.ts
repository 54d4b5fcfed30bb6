import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/processes.ts'
import { ensureImage, type Image } from './build.ts'

/** What a command in the machine printed and how it ended. */
export interface Result {
  code: number
  stdout: string
  stderr: string
}

/** A running machine. The caller stops it; it also ends with the process that started it. */
export interface Machine {
  /** Runs a shell command; `onOutput` hears standard output and error while it runs. */
  run(command: string, options?: { user?: string; timeout?: number; onOutput?: (text: string) => void }): Promise<Result>
  /** Mounts a folder of this machine at `mountPoint` in there, live and writable. */
  share(folder: string, mountPoint: string): Promise<void>
  /** Restarts it as a person does, and waits until it answers again. Folders that were shared are not mounted then. */
  reboot(): Promise<void>
  /** The port on 127.0.0.1 here that leads to `guest` there: 22 or 9090. */
  port(guest: number): number
  /** Ends it; what it wrote to its disk is gone. Idempotent. */
  stop(): Promise<void>
}

const memory = 2048
const forwarded = [22, 9090]
const bootTime = 600_000

/** Boots the machine, building it first when needed, and waits until it answers. 20 s. */
export async function startMachine(say: (line: string) => void = console.error): Promise<Machine> {
  const image = await ensureImage(say)
  const folder = mkdtempSync(join(tmpdir(), 'berth-vm-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const ports = new Map<number, number>()
  for (const guest of forwarded) ports.set(guest, await freePort())
  const children: ChildProcess[] = [launch(image, folder, ports)]
  const machine = new QemuMachine(image, folder, ports, children)
  try {
    await machine.waitUntilUp()
    return machine
  } catch (error) {
    await machine.stop()
    throw error
  }
}

function launch(image: Image, folder: string, ports: Map<number, number>): ChildProcess {
  const forwards = [...ports].map(([guest, here]) => `,hostfwd=tcp:127.0.0.1:${here}-:${guest}`).join('')
  const kernelArguments = 'console=ttyS0 quiet panic=5 mitigations=off nokaslr audit=0 tsc=reliable systemd.show_status=0'
  const args = [
    ...[
      '-name',
      'berth-testhost',
      '-machine',
      'pc,memory-backend=mem,usb=off,vmport=off,hpet=off',
      '-smp',
      '2',
      '-m',
      String(memory),
    ],
    // Emulated: inside a virtual machine, KVM is often there and cannot boot a stock kernel.
    ...[
      '-accel',
      process.env.BERTH_TESTHOST_ACCEL ?? 'tcg,thread=multi,tb-size=512',
      '-cpu',
      'Nehalem,+aes,+pclmulqdq,+sha-ni,+rdrand',
    ],
    ...['-object', `memory-backend-memfd,id=mem,size=${memory}M,share=on`, '-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-serial', `file:${join(folder, 'serial')}`, '-monitor', `unix:${join(folder, 'monitor')},server,nowait`],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelArguments],
    ...['-drive', `file=${image.disk},format=raw,if=virtio,cache=unsafe,snapshot=on`],
    // restrict: the machine reaches nothing outside, only what is forwarded into it.
    ...[
      '-netdev',
      `user,id=n0,ipv6=off,restrict=on${forwards}`,
      '-device',
      'virtio-net-pci,netdev=n0,romfile=',
      '-device',
      'virtio-rng-pci',
    ],
    ...['-action', 'panic=shutdown'],
  ]
  return spawnBound('qemu-system-x86_64', args, { ...process.env, TMPDIR: folder })
}

/** A child that the kernel ends when this process does, however it ends. */
function spawnBound(program: string, args: string[], env = process.env): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    env,
    stdio: ['ignore', 'ignore', process.env.BERTH_TESTHOST_DEBUG ? 'inherit' : 'ignore'],
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port.')
  return address.port
}

class QemuMachine implements Machine {
  readonly #image: Image
  readonly #folder: string
  readonly #ports: Map<number, number>
  readonly #children: ChildProcess[]
  #shares = 0
  #stopped = false

  constructor(image: Image, folder: string, ports: Map<number, number>, children: ChildProcess[]) {
    this.#image = image
    this.#folder = folder
    this.#ports = ports
    this.#children = children
  }

  port(guest: number): number {
    const here = this.#ports.get(guest)
    if (here === undefined) throw new Error(`Port ${guest} of the test machine is not forwarded.`)
    return here
  }

  async waitUntilUp(): Promise<void> {
    const end = Date.now() + bootTime
    while (Date.now() < end) {
      if (this.#children[0]!.exitCode !== null) throw new Error(`The test machine ended while booting: ${this.#serial()}`)
      const result = await this.run(`date -s @${Date.now() / 1000} >/dev/null`, { timeout: 30_000 })
      if (result.code === 0) return
      await sleep(500)
    }
    throw new Error(`The test machine did not answer within ${bootTime / 1000} s: ${this.#serial()}`)
  }

  #serial(): string {
    try {
      return readFileSync(join(this.#folder, 'serial'), 'utf8').slice(-2000)
    } catch {
      return 'it printed nothing'
    }
  }

  run(
    command: string,
    { user = 'root', timeout = 600_000, onOutput = undefined as ((text: string) => void) | undefined } = {},
  ): Promise<Result> {
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'ConnectTimeout=20',
      'ControlMaster=auto',
      'ControlPersist=600',
    ]
    const path = `ControlPath=${join(this.#folder, 'ssh-%r')}`
    const args = [
      '-q',
      '-i',
      this.#image.key,
      '-p',
      String(this.port(22)),
      ...[...options, path].flatMap((each) => ['-o', each]),
      `${user}@127.0.0.1`,
      command,
    ]
    return new Promise((resolve) => {
      const child = spawn('ssh', args, { stdio: ['ignore', 'pipe', 'pipe'] })
      const result = { code: 255, stdout: '', stderr: '' }
      const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
      const done = () => {
        clearTimeout(timer)
        resolve(result)
      }
      child.stdout.on('data', (data: Buffer) => {
        result.stdout += data.toString()
        onOutput?.(data.toString())
      })
      child.stderr.on('data', (data: Buffer) => {
        result.stderr += data.toString()
        onOutput?.(data.toString())
      })
      child.on('error', done)
      // Not 'close': the shared connection, a child of the first ssh, keeps its standard error open.
      child.on('exit', (code) => {
        result.code = code ?? 255
        setTimeout(done, 50)
      })
    })
  }

  async share(folder: string, mountPoint: string): Promise<void> {
    const tag = `fs${this.#shares++}`
    const socket = join(this.#folder, `${tag}.sock`)
    // --rlimit-nofile=0 leaves the limit alone, which not everyone may raise.
    const args = [
      `--socket-path=${socket}`,
      `--shared-dir=${folder}`,
      '--sandbox=none',
      '--rlimit-nofile=0',
      '--cache=auto',
      '--log-level=error',
    ]
    this.#children.push(spawnBound('/usr/libexec/virtiofsd', args))
    await eventually('the file server of the test machine', () => existsSync(socket), 60_000)
    await this.#monitor(`chardev-add socket,id=c${tag},path=${socket}`)
    await this.#monitor(`device_add vhost-user-fs-pci,id=${tag},chardev=c${tag},tag=${tag}`)
    const mounted = await this.run(
      `mkdir -p ${mountPoint}; for i in $(seq 300); do mount -t virtiofs ${tag} ${mountPoint} 2>/dev/null && exit 0; sleep 0.2; done; exit 1`,
    )
    if (mounted.code !== 0) throw new Error(`${folder} could not be shared with the test machine: ${mounted.stderr}`)
  }

  #monitor(command: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, 'monitor'))
      socket.on('error', reject)
      socket.on('connect', () => socket.write(`${command}\n`))
      socket.resume()
      setTimeout(() => {
        socket.destroy()
        resolve()
      }, 500)
    })
  }

  async reboot(): Promise<void> {
    const boot = 'cat /proc/sys/kernel/random/boot_id'
    const before = (await this.run(boot)).stdout
    await this.run('systemctl reboot', { timeout: 10_000 })
    await this.#disconnect()
    const end = Date.now() + bootTime
    while (Date.now() < end) {
      const { code, stdout } = await this.run(boot, { timeout: 30_000 })
      if (code === 0 && stdout !== before) return await this.waitUntilUp()
      // The old one may still answer: a connection that stays would hang when it goes.
      await this.#disconnect()
      await sleep(500)
    }
    throw new Error(`The test machine did not come back within ${bootTime / 1000} s: ${this.#serial()}`)
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.#disconnect()
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([ended, sleep(5000).then(() => child.kill('SIGKILL'))])
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Ends the connections that commands share. */
  async #disconnect(): Promise<void> {
    for (const user of ['root', 'alice', 'bob']) {
      const exit = spawn(
        'ssh',
        ['-q', '-o', `ControlPath=${join(this.#folder, `ssh-${user}`)}`, '-O', 'exit', `${user}@127.0.0.1`],
        { stdio: 'ignore' },
      )
      await new Promise((resolve) => exit.on('close', resolve).on('error', resolve))
    }
  }
}
