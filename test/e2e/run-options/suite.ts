import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, clear, pullImages } from '../../support/berth.ts'
import { busyboxFiles, packLayer } from '../../support/images.ts'
import { must, type Result } from '../../support/processes.ts'
import { combine, type Combined } from './combine.ts'
import { commandEffects } from './commands.ts'
import { differences, type Facts } from './config-json.ts'
import { effects, refused } from './effects.ts'
import { berthMaker, hasPodman, hybrid, type Maker, podmanMaker } from './engines.ts'
import { isRight } from './right.ts'
import { type Held, heldOptions } from './table.ts'

const stage = inject('stage')

/** Holds every option of `run` as one user against podman, or against its effect. */
export function runOptionsAs(name: string): void {
  describe(`run as ${name}`, () => {
    const ours = berthMaker(name)
    const { berth } = ours
    const folder = join(stage.folder, `options-${name}`)
    const theirs = podmanMaker(berth, folder)
    const dir = join(folder, 'files')
    // What is right in the configuration needs to be seen from inside, or refused, but once.
    const once = anyone.includes(name)
    const forUs = <T extends { only?: string }>(table: Record<string, T[]>) =>
      Object.entries(table).flatMap(([option, cases]) =>
        cases.filter(({ only = name }) => only === name).map((each) => ({ option, each })),
      )
    const fill = (words: string, engine = 'berth') =>
      words
        .split(' ')
        .filter(Boolean)
        .map((word) => word.replaceAll('{dir}', dir).replaceAll('{engine}', engine).replaceAll('{busybox}', stage.images.busybox))

    beforeAll(async () => {
      for (const each of ['host', 'rootfs', 'certs']) mkdirSync(join(dir, each), { recursive: true, mode: 0o755 })
      writeFileSync(join(dir, 'host/file'), 'host\n')
      writeFileSync(join(dir, 'env'), '# none\nA=b\nLANG\nQ="x y"\n\n')
      writeFileSync(join(dir, 'labels'), 'a=b\n')
      writeFileSync(join(dir, 'hosts'), '10.1.1.1 listed\n')
      if (berth.root) for (const kind of ['uid', 'gid']) appendFileSync(`/etc/sub${kind}`, 'containers:2000000000:100000\n')
      const rule = { names: ['mkdir'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, args: [] }
      writeFileSync(join(dir, 'seccomp.json'), JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }))
      writeFileSync(join(dir, 'rootfs.tar'), await packLayer(busyboxFiles(), stage.folder))
      await must('tar', ['-C', join(dir, 'rootfs'), '-xf', join(dir, 'rootfs.tar')])
      await must('chown', ['-hR', `${berth.user.uid}:${berth.user.gid}`, dir])
      await pullImages(berth, stage.images.busybox, stage.images.server)
      await berth('secret', 'create', '--ignore', 'token', join(dir, 'hosts'))
    })
    afterAll(async () => {
      await clear(berth)
      await berth.try(['system', 'prune', '-f', '--volumes'])
      await berth.try(['secret', 'rm', '-a'])
      rmSync(folder, { recursive: true, force: true })
    })

    describe.runIf(hasPodman)("is as podman's config.json", () => {
      const cases = forUs(heldOptions)

      beforeAll(async () => {
        await Promise.all(
          [ours, theirs].map(async (maker) => {
            for (const image of [stage.images.busybox, stage.images.server]) await succeed(maker, 'pull', '-q', image)
            await succeed(maker, 'import', '-q', '--change', 'VOLUME /v', join(dir, 'rootfs.tar'), 'localhost/volumes')
          }),
        )
      })
      afterAll(async () => {
        if (!berth.root) await theirs.try(['unshare', 'rm', '-rf', join(folder, 'store')])
        await theirs.try(['rm', '-a', '-f', '-t', '0'])
        theirs.stop()
      })

      const combined = combine(cases.map(({ each }) => each))
      const looks = new Map<number, Promise<Map<Held, Look>>>()
      const lookAtChunk = (chunk: number) => {
        const found = looks.get(chunk) ?? lookAt(combined.slice(chunk * together, (chunk + 1) * together))
        looks.set(chunk, found)
        return found
      }

      test.each(cases)('$option: $each.flags', async ({ each }) => {
        const index = combined.findIndex(({ parts }) => parts.includes(each))
        const { held } = combined[index]!
        const look = (await lookAtChunk(Math.floor(index / together))).get(held)!
        const [here, there] = [look.berth(), look.podman()]
        expect(differences(here.facts, there.facts, isRight(name, hybrid, held.differs)), held.flags).toEqual([])
        for (const place of each.tells) expect(at(here.inspected, place), place).toEqual(at(there.inspected, place))
      })
    })

    /** Makes containers in both engines, looks at all, and removes them. */
    async function lookAt(combined: readonly Combined[]): Promise<Map<Held, Look>> {
      const [one, other] = await Promise.all([ours, theirs].map((maker) => seenBy(maker, combined)))
      return new Map(combined.map(({ held }) => [held, { berth: one!.get(held)!, podman: other!.get(held)! }]))
    }

    async function seenBy(maker: Maker, combined: readonly Combined[]): Promise<Map<Held, () => Seen>> {
      const answers: { held: Held; answer: Result }[] = []
      for (const { held } of combined) answers.push({ held, answer: await create(maker, held) })
      const ids = answers.flatMap(({ answer }) => (answer.code === 0 ? [answer.stdout.trim()] : []))
      // A program that cannot be found is seen after the configuration was written.
      await maker.try(['init', ...ids])
      const inspected = JSON.parse((await maker.try(['inspect', ...ids])).stdout) as { Id: string }[]
      const found = answers.map(({ held, answer }) => {
        const id = answer.stdout.trim()
        const why = `${maker.name} create ${held.flags}: ${answer.stderr}`
        const seen = answer.code === 0 ? attempt(() => maker.facts(id)) : { error: why }
        return [
          held,
          () => {
            if ('error' in seen) throw new Error(why, { cause: seen.error })
            return { facts: seen.value, inspected: inspected.find(({ Id }) => Id === id) }
          },
        ] as const
      })
      await maker.try(['rm', '-f', '-v', '-t', '0', ...ids])
      return new Map(found)
    }

    function create(maker: Maker, { flags, image, words, env }: Held): Promise<Result> {
      const images: Record<string, string> = { ...stage.images, volumes: 'localhost/volumes' }
      const given = fill(flags, maker.name)
      const network = given.includes('--network') ? [] : ['--network', 'none']
      return maker.try(['create', ...network, ...given, images[image] ?? fill(image)[0]!, ...words], env)
    }

    async function succeed(maker: Maker, ...args: string[]): Promise<void> {
      const { code, stderr } = await maker.try(args)
      expect(code, `${maker.name} ${args.join(' ')}: ${stderr}`).toBe(0)
    }

    describe('seen from inside', () => {
      test.each(forUs(effects).filter(({ each: { only } }) => once || only === name))(
        '$option has its effect inside: $each.flags',
        async ({ each }) => {
          const { flags, script, says, image = 'busybox', env, warns } = each
          const network = flags.includes('--network') ? [] : ['--network', 'none']
          const args = ['run', '--rm', ...network, ...fill(flags), stage.images[image], 'sh', '-c', script]
          const { stdout, stderr } = await berth.try(args, { env })
          expect(stdout, stderr).toMatch(says)
          expect(stderr).toMatch(warns ?? /^$/)
        },
      )
    })

    describe('seen in what the command does', () => {
      afterEach(() => berth.try(['rm', '-a', '-f', '-t', '0']))

      test.each(Object.keys(commandEffects))('%s has its effect', (option) => commandEffects[option]!(berth, dir))
    })

    describe('refused', () => {
      const refusals = Object.entries(once ? refused : {}).flatMap(([option, cases]) =>
        cases.map(([flags, sentence]) => ({ option, flags, sentence })),
      )
      test.each(refusals)('$option is refused by name: $flags', async ({ flags, sentence }) => {
        const network = flags.includes('--network') ? [] : ['--network', 'none']
        const answer = await berth.try(['run', '--rm', ...network, ...fill(flags), stage.images.busybox, 'true'])
        expect(answer).toMatchObject({ code: 125, stdout: '', stderr: expect.stringMatching(sentence) })
      })
      test('what is refused leaves no container', async () => {
        expect(await berth('ps', '-aq')).toBe('')
      })
    })
  })
}

/** How many containers of each engine there are at once. */
const together = 12

interface Seen {
  facts: Facts
  inspected: unknown
}

/** Called where the failure of an engine is to be the test's. */
type Look = Record<'berth' | 'podman', () => Seen>

function attempt<T>(work: () => T): { value: T } | { error: unknown } {
  try {
    return { value: work() }
  } catch (error) {
    return { error }
  }
}

/** What is at `A.B` of an answer. */
function at(value: unknown, place: string): unknown {
  return place.split('.').reduce((found, name) => (found as Record<string, unknown> | undefined)?.[name], value)
}
