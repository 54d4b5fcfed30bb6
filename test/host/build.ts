import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder, files, init, masked, packages, recipeMark, suite, users } from './recipe.ts'

/** What booting needs, as files. */
export interface Image {
  disk: string
  kernel: string
  initrd: string
  /** The private key that root, alice and bob accept. */
  key: string
}

/**
 * The machine's image, built from Debian's packages when it is not there or its recipe has changed. Takes one to three
 * minutes and 800 MB. Needs root, since it makes a root file system with device nodes and owners.
 */
export async function ensureImage(say: (line: string) => void = console.error): Promise<Image> {
  const folder = cacheFolder()
  const image = {
    disk: join(folder, 'disk.ext4'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
    key: join(folder, 'key'),
  }
  const mark = join(folder, 'recipe')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === recipeMark()) return image
  if (process.getuid?.() !== 0) throw new Error('Building the test machine needs root: run npm test as root once.')
  if (process.arch !== 'x64') throw new Error(`There is a recipe for the test machine on x64 only, not on ${process.arch}.`)
  const began = Date.now()
  say(`Building the test machine in ${folder} (once, about two minutes) …`)
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(folder, 'work-'))
  try {
    await assemble(work)
    rmSync(mark, { force: true })
    for (const name of ['disk.ext4', 'vmlinuz', 'initrd.img', 'key']) renameSync(join(work, name), join(folder, name))
    writeFileSync(mark, recipeMark())
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  say(`The test machine is built after ${Math.round((Date.now() - began) / 1000)} s.`)
  return image
}

async function assemble(work: string): Promise<void> {
  must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'berth-testhost', '-f', join(work, 'key')])
  const root = join(work, 'root')
  const [modules] = await Promise.all([fetchKernel(work), bootstrap(root)])
  customize(work, root, modules)
  writeInitrd(work, root, modules)
  must('mkfs.ext4', ['-q', '-F', '-m0', '-O', '^has_journal', '-E', 'root_owner=0:0', '-d', root, join(work, 'disk.ext4'), '8G'])
}

/** Unpacks the kernel's package without installing it; returns the folder of its modules. */
async function fetchKernel(work: string): Promise<string> {
  const folder = join(work, 'kernel')
  mkdirSync(folder)
  const find = () => /Depends: (linux-image-\S+)/.exec(output('apt-cache', ['depends', 'linux-image-cloud-amd64']))?.[1]
  let name = find()
  if (!name) {
    must('apt-get', ['update', '-qq'])
    name = find()
  }
  if (!name) throw new Error('apt knows no kernel for virtual machines (linux-image-cloud-amd64).')
  chmodSync(folder, 0o777) // apt fetches as a user of its own
  await start('apt-get', ['download', '-qq', name], folder)
  const archive = readdirSync(folder).find((each) => each.endsWith('.deb'))
  if (!archive) throw new Error(`apt-get downloaded no ${name}.`)
  await start('dpkg-deb', ['-x', archive, '.'], folder)
  const boot = readdirSync(join(folder, 'boot')).find((each) => each.startsWith('vmlinuz'))
  renameSync(join(folder, 'boot', boot!), join(work, 'vmlinuz'))
  return join(folder, 'usr/lib/modules')
}

function bootstrap(root: string): Promise<void> {
  const options = [
    '--quiet',
    '--mode=root',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    '--skip=check/empty',
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Check-Date "false"',
    '--dpkgopt=force-unsafe-io',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-exclude=/usr/share/info/*',
  ]
  return start('mmdebstrap', [...options, suite, root])
}

function customize(work: string, root: string, modules: string): void {
  for (const [path, text] of Object.entries(files)) {
    rmSync(join(root, path), { force: true })
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const unit of masked) {
    rmSync(join(root, 'etc/systemd/system', unit), { force: true })
    symlinkSync('/dev/null', join(root, 'etc/systemd/system', unit))
  }
  must('chroot', [root, 'systemctl', '-q', 'enable', 'systemd-networkd'])
  for (const user of users) must('chroot', [root, 'useradd', '-m', '-s', '/bin/bash', user])
  must('chroot', [root, 'chpasswd'], ['root', ...users].map((user) => `${user}:${user}\n`).join(''))
  mkdirSync(join(root, 'var/lib/systemd/linger'), { recursive: true })
  writeFileSync(join(root, 'var/lib/systemd/linger', users[0]!), '')
  for (const [user, home] of [['root', 'root'], ...users.map((user) => [user, `home/${user}`])] as [string, string][]) {
    const folder = join(root, home, '.ssh')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    copyFileSync(join(work, 'key.pub'), join(folder, 'authorized_keys'))
    must('chroot', [root, 'chown', '-R', `${user}:`, `/${home}/.ssh`])
  }
  must('cp', ['-a', modules, join(root, 'usr/lib/')])
  must('chroot', [root, 'depmod', readdirSync(modules)[0]!])
}

function writeInitrd(work: string, root: string, modules: string): void {
  const folder = join(work, 'initrd')
  for (const name of ['bin', 'm', 'dev', 'root']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(join(root, 'usr/bin/busybox'), join(folder, 'bin/busybox'))
  symlinkSync('busybox', join(folder, 'bin/sh'))
  const driver = join(modules, readdirSync(modules)[0]!, 'kernel/drivers/block/virtio_blk.ko.xz')
  must('sh', ['-c', 'exec xz -dc "$1" >"$2"', 'sh', driver, join(folder, 'm/virtio_blk.ko')])
  writeFileSync(join(folder, 'init'), init, { mode: 0o755 })
  must('sh', ['-c', 'cd "$1" && find . | cpio -o -H newc --quiet >"$2"', 'sh', folder, join(work, 'initrd.img')])
}

function must(program: string, args: string[], input = ''): void {
  const result = spawnSync(program, args, { input, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${program} failed: ${result.stderr || result.error?.message}`)
}

function output(program: string, args: string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout ?? ''
}

function start(program: string, args: string[], cwd?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4000)))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} failed: ${errors}`))))
  })
}
