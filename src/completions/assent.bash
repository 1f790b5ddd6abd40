# Completion of assent's command lines for bash. Where COMPREPLY stays empty, readline takes files.

# _assent_destinations WORD...: the ids in the mapping that the command line names, by the program.
_assent_destinations()
{
    local program=$1 mapping=''
    while shift && (($# > 0)); do
        case $1 in
        -m | --mapping)
            shift
            [[ $1 != = ]] || shift
            mapping=$1
            ;;
        -m*) mapping=${1#-m} ;;
        -*) ;;
        *) [[ $mapping || ! -f $1 ]] || mapping=$1 ;; # diff names its mappings without -m
        esac
    done
    mapping=${mapping//[\\\"\']/}
    printf '{}\n' | "$program" explain -f json -m "${mapping/#\~\//$HOME/}" 2>/dev/null |
        sed -n 's/.*"destination":"\([^"]*\)".*/\1/p'
}

# _assent_values COMMAND OPTION SEPARATOR WORD...: sets values to those of the option, and leaves
# them empty for a file; fails for an option without a value.
_assent_values()
{
    local option=$1:$2
    values=''
    case $option$3 in
    filter:--progress=) values='auto always never' ;;
    filter:--stats=) values='table json' ;;
    *) false ;;
    esac && return
    case $option in
    *:--mapping | *:-m | filter:--audit | filter:--checkpoint | filter:--rejects | \
        filter:--split | check:--against) ;;
    *:--destination | *:-d) values=$(_assent_destinations "${@:4}") ;;
    filter:--format | filter:-f) values='tsv json' ;;
    check:--format | check:-f) values='text json github sarif' ;;
    *:--format | *:-f) values='text json' ;;
    filter:--audit-only) values='block deliver' ;;
    filter:--on-reject) values='continue stop' ;;
    filter:--sandbox) values='auto require off' ;;
    filter:--split-compress) values='gz zst' ;;
    filter:--jobs | filter:-j | filter:--checkpoint-every | filter:--max-line | filter:--since | \
        filter:--until | explain:--line | explain:--message-id)
        compopt +o default +o bashdefault # numbers, times: no word and no file
        ;;
    *) false ;;
    esac
}

_assent()
{
    local command=filter separator='' values options
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
    case $COMP_CWORD:${COMP_WORDS[1]} in
    1:*) ;;
    *:check | *:diff | *:explain | *:report) command=${COMP_WORDS[1]} ;;
    esac
    # --stats=json comes in three words.
    if [[ $word == = ]]; then
        separator='=' word=''
    elif [[ $option == = ]]; then
        separator='=' option=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    COMPREPLY=()
    if _assent_values "$command" "$option" "$separator" "${COMP_WORDS[@]}"; then
        options=$values
    elif [[ $word == -* ]]; then
        case $command in
        filter)
            options='-m --mapping -f --format -d --destination -j --jobs --audit --audit-only
                --checkpoint --checkpoint-every --force --max-line --rejects --on-reject --progress
                --sandbox --since --split --split-compress --stats --until -h --help -V --version'
            ;;
        check) options='-f --format --strict --against -h --help' ;;
        diff) options='-d --destination -f --format -h --help' ;;
        explain)
            options='-m --mapping -d --destination -f --format --line --message-id -h --help'
            ;;
        report) options='-m --mapping -d --destination -h --help' ;;
        esac
    elif ((COMP_CWORD == 1)); then
        options='check diff explain report'
    else
        return
    fi
    # Ids and options hold no spaces.
    # shellcheck disable=SC2207
    COMPREPLY=($(compgen -W "$options" -- "$word"))
}

complete -o default -o bashdefault -F _assent assent
