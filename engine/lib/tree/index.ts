export { placeMembers, treeMembers, type TreeOptions } from './tree-members.ts'
export { type TreeWriteOptions, writeTree } from './tree-writer.ts'
export { type BytePath, lookUp, shownPath, toBytePath, type TreePlace, type TreeView } from './view.ts'
