import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../../support/processes.ts'
import { freshDisk, pair, type Part } from '../bench.ts'
import { subjects } from '../engines.ts'
import { compare, requestTime } from '../measure.ts'

/** Lists of a thousand images. */
export const imageLists: Part = {
  name: 'images',
  async run(bench) {
    const count = bench.quick ? 200 : 1000
    const archive = await manyImages(bench.folder, count)
    const disk = await freshDisk(bench.folder, 8)
    try {
      const both = subjects(bench.launcher, disk.path, bench.registriesConf)
      for (const subject of both) {
        mkdirSync(subject.folder, { recursive: true })
        await subject.run('load', '-q', '-i', archive)
      }
      bench.add(pair(`images, of ${count}`, 'ms', await compare(both, bench.quick ? 3 : 7, () => ['images']), 1))
      const times: number[] = []
      for (const subject of both) {
        const service = await subject.serve()
        times.push(await requestTime(service.socket, '/v5.0.0/libpod/images/json', bench.quick ? 3 : 7))
        await service.stop()
      }
      bench.add({ ...pair(`GET images/json of ${count}`, 'ms', times), limit: 50 })
    } finally {
      await disk.free()
    }
  },
}

/** A docker-archive of so many images on one layer. */
async function manyImages(scratch: string, count: number): Promise<string> {
  const folder = mkdtempSync(join(scratch, 'many-'))
  writeFileSync(join(folder, 'hello'), 'hello')
  await must('tar', ['-cf', join(folder, 'layer.tar'), '-C', folder, '--owner=0', '--group=0', 'hello'])
  const sum = await must('sha256sum', [join(folder, 'layer.tar')])
  const manifest = Array.from({ length: count }, (_, index) => {
    const config = JSON.stringify({
      created: '2026-01-02T03:04:05Z',
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Labels: { number: String(index) } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sum.slice(0, 64)}`] },
    })
    const name = `${createHash('sha256').update(config).digest('hex')}.json`
    writeFileSync(join(folder, name), config)
    return { Config: name, RepoTags: [`localhost/image-${index}:latest`], Layers: ['layer.tar'] }
  })
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const archive = `${folder}.tar`
  await must('tar', ['-cf', archive, '-C', folder, 'manifest.json', 'layer.tar', ...manifest.map(({ Config }) => Config)])
  rmSync(folder, { recursive: true })
  return archive
}
