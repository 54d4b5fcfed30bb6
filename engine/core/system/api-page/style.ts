/** The page's own style: system fonts, light and dark, readable at any width. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d2d2d2, #444); --soft: light-dark(#f2f2f2, #26282b); --dim: light-dark(#5c5f62, #a3a7ab) }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 16px/1.5 "Red Hat Text", system-ui, sans-serif }
h1 { font-size: 1.75rem; margin: 0 } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem } h3 { font-size: .875rem; margin: 1rem 0 .25rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 1rem 0 0; padding: 0 }
details { border: 1px solid var(--line); border-radius: 6px; margin: .375rem 0 } details > div { padding: 0 1rem 1rem; overflow-x: auto }
summary { cursor: pointer; padding: .5rem .75rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline }
summary:focus-visible { outline: 2px solid light-dark(#0066cc, #92c5f9); outline-offset: 2px; border-radius: 6px }
summary span { color: var(--dim); font-size: .875rem } summary code { overflow-wrap: anywhere }
.method { font: 600 .75rem/1.6 "Red Hat Mono", ui-monospace, monospace; min-width: 3.75rem; text-align: center; border-radius: 4px; padding: 0 .375rem; background: var(--soft) }
.get { color: light-dark(#004d99, #92c5f9) } .post { color: light-dark(#3d7317, #afdc8f) } .put { color: light-dark(#73480b, #f8ae54) }
.delete { color: light-dark(#a60000, #f9a8a8) } .head { color: var(--dim) }
code, pre { font-family: "Red Hat Mono", ui-monospace, monospace; font-size: .875rem } pre { background: var(--soft); border-radius: 6px; margin: .25rem 0; padding: .75rem; overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .875rem } th, td { border-top: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top }
p { margin: .5rem 0 } .dim { color: var(--dim) }
`
