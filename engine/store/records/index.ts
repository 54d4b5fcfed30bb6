export * from './artifact.ts'
export { RestartPolicy } from './common.ts'
export * from './container.ts'
export * from './exec-session.ts'
export { checkRecord, type OnDamaged, readRecord, type RecordFormat, recordLabel } from './format.ts'
export * from './image.ts'
export * from './pod.ts'
export { type CheckedRecord, damagedRecords, recordFormats } from './stored.ts'
export {
  replaceContainer,
  replaceImage,
  replacePod,
  replaceVolume,
  salvageContainer,
  salvagePod,
  salvageVolume,
} from './salvage.ts'
export * from './volume.ts'
