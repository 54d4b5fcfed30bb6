import { expect, test } from 'vitest'

import { fakeVolume } from '../testing/fake-volumes.ts'
import { parseVolumeSort, volumeRows } from './volume-rows.ts'

const volumes = ['data-10', 'data-9', 'Data-1'].map((name) => fakeVolume(name))
const usages = [
  { Name: 'data-10', Size: 5, Containers: [] },
  { Name: 'data-9', Size: 5, Containers: [] },
]
const names = (sort: string) =>
  volumeRows(volumes, usages, { text: '', use: 'all' }, parseVolumeSort(sort)).map(({ volume }) => volume.Name)

test('numbers in names count as numbers, and the same figures are by name', () => {
  expect(names('name')).toEqual(['Data-1', 'data-9', 'data-10'])
  expect(names('name:desc')).toEqual(['data-10', 'data-9', 'Data-1'])
  expect(names('size')).toEqual(['Data-1', 'data-9', 'data-10'])
})
