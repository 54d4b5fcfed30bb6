/** A script for the shell that asks `berth __complete` what may follow: commands, flags, their values, and names of what there is, with what each is for unless `descriptions` is false. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', descriptions = true): string {
  const script = { bash, zsh, fish }[shell]
  // Bash shows none.
  return descriptions || shell === 'bash' ? script : script.replace('2>/dev/null', '2>/dev/null | cut -f 1')
}

const bash = `# bash completion for berth
_berth() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") line
  # Names of images have colons, and assignments an equals sign, at which bash splits words.
  local current=\${COMP_LINE:0:COMP_POINT}
  current=\${current##*[[:space:]]}
  local typed=\${COMP_WORDS[COMP_CWORD]} prefix
  case $typed in : | =) typed= ;; esac
  prefix=\${current%"$typed"}
  local before=\${COMP_LINE:0:COMP_POINT}
  before=\${before%"$current"}
  COMPREPLY=()
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    case $line in "$prefix"*) COMPREPLY+=("\${line#"$prefix"}") ;; esac
  done < <(IFS=$' \\t\\n'; set -f; berth __complete \${before#*[[:space:]]} "$current" 2>/dev/null)
  case \${COMPREPLY[*]} in *[.=]) compopt -o nospace ;; esac
}
complete -o default -F _berth berth
`

const zsh = `#compdef berth
_berth() {
  local -a lines
  local line
  for line in "\${(@f)$(berth __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && lines+=("\${\${line//:/\\\\:}/$'\\t'/:}")
  done
  if (( \${#lines} )); then _describe -V 'berth' lines; else _files; fi
}
if [ "$funcstack[1]" = "_berth" ]; then _berth; else compdef _berth berth; fi
`

const fish = `# fish completion for berth
function __berth_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (berth __complete $words[2..-1] 2>/dev/null)
    # Files only where nothing else may follow.
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path $words[-1]
    end
end
complete -c berth -f -a '(__berth_complete)'
`
