/** Shells that mprog writes a completion script for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * Every script asks the hidden command `mprog __complete WORD…`, which prints one candidate a line, a tab and what it is.
 * A candidate that ends in one of `: @ / = %` goes on, so no space is put behind it.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  // Readline splits words at : @ = too, so the words are read from the line, and what readline keeps is cut off.
  bash: String.raw`# bash completion of mprog
_mprog() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} words current answer kept=''
  read -ra words <<<"$line"
  if [[ $line == *[[:space:]] ]]; then words+=(''); fi
  current=${'$'}{words[${'$'}{#words[@]}-1]}
  if [[ $current == *[$COMP_WORDBREAKS]* ]]; then kept=${'$'}{current%"${'$'}{current##*[$COMP_WORDBREAKS]}"}; fi
  # An @ belongs to the word that readline replaces.
  if [[ $kept == *@ ]]; then kept=${'$'}{kept%@}; fi
  COMPREPLY=()
  while IFS= read -r answer; do
    answer=${'$'}{answer%%$'\t'*}
    case $answer in *[:@/=%]) compopt -o nospace 2>/dev/null ;; esac
    answer=${'$'}{answer#"$kept"}
    # What is typed already is nothing to add; %q would make '' of it.
    if [[ -n $answer ]]; then COMPREPLY+=("$(printf %q "$answer")"); fi
  done < <("${'$'}{words[0]}" __complete "${'$'}{words[@]:1}" 2>/dev/null)
}
complete -F _mprog mprog
`,
  zsh: String.raw`#compdef mprog
_mprog() {
  local answer word
  local -a closed open
  while IFS= read -r answer; do
    word=${'$'}{answer%%$'\t'*}
    case $word in
      *[:@/=%]) open+=("$word") ;;
      *) closed+=("${'$'}{word//:/\\:}:${'$'}{answer#*$'\t'}") ;;
    esac
  done < <("${'$'}{words[1]}" __complete "${'$'}{(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( ${'$'}{#closed} )) && _describe -V mprog closed
  (( ${'$'}{#open} )) && compadd -S '' -a open
  return 0
}
if [[ ${'$'}{funcstack[1]} == _mprog ]]; then _mprog "$@"; else compdef _mprog mprog; fi
`,
  fish: `# fish completion of mprog
function __mprog_complete
    set -l words (commandline -opc)
    $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c mprog -f -a '(__mprog_complete)'
`,
};
