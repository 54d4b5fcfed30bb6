export { TreeArchive } from './tree-archive.ts'
export { placeMembers, treeMembers, type TreeOptions, type TreeOwner } from './tree-members.ts'
export { type TreeWriteOptions, writeTree } from './tree-writer.ts'
export { type BytePath, lookUp, shownPath, toBytePath, type TreePlace, type TreeView } from './view.ts'
