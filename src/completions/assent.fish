# Completion of assent's command lines for fish.

# Whether the command line is one of the filter (no argument), or of one of these commands.
function __assent_in
    set -l words (commandline -opc)
    set -l command filter
    if set -q words[2]; and contains -- $words[2] check diff explain report
        set command $words[2]
    end
    contains -- $command $argv
end

# The ids in the mapping that the command line names, by the program.
function __assent_destinations
    set -l words (commandline -opc)
    set -l program $words[1]
    set -l mapping
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -m --mapping
                set mapping $words[2]
                set -e words[1]
            case '--mapping=*'
                set mapping (string replace -- --mapping= '' $words[1])
            case '-m*'
                set mapping (string replace -- -m '' $words[1])
            case '-*'
            case '*' # diff names its mappings without -m
                if not set -q mapping[1]; and test -f $words[1]
                    set mapping $words[1]
                end
        end
        set -e words[1]
    end
    echo '{}' | $program explain -f json -m (string replace -r '^~/' $HOME/ -- $mapping) 2>/dev/null |
        string replace -rf '.*"destination":"([^"]*)".*' '$1'
end

complete -c assent -n 'test (count (commandline -opc)) -eq 1' -a check -d 'check mapping files'
complete -c assent -n 'test (count (commandline -opc)) -eq 1' -a diff -d 'what a change of the mapping changes'
complete -c assent -n 'test (count (commandline -opc)) -eq 1' -a explain -d 'why a destination does or does not get an event'
complete -c assent -n 'test (count (commandline -opc)) -eq 1' -a report -d 'who would get how much, as a page of HTML'

complete -c assent -s h -l help -d 'show this help'
complete -c assent -n '__assent_in filter explain report' -s m -l mapping -rF -d 'which consent categories each destination needs'
complete -c assent -n '__assent_in filter diff explain report' -s d -l destination -x -a '(__assent_destinations)' -d 'only this destination; may repeat'
complete -c assent -n '__assent_in diff explain' -s f -l format -x -a 'text json' -d 'for people or for programs'

complete -c assent -n '__assent_in filter' -s V -l version -d 'show the version'
complete -c assent -n '__assent_in filter' -s f -l format -x -a 'tsv json' -d "the tag's form"
complete -c assent -n '__assent_in filter' -s j -l jobs -x -d 'worker threads'
complete -c assent -n '__assent_in filter' -l audit -rF -d 'put every decision on record, as JSON lines'
complete -c assent -n '__assent_in filter' -l audit-only -x -a 'block deliver' -d 'only decisions that block or deliver'
complete -c assent -n '__assent_in filter' -l checkpoint -rF -d 'go on where an interrupted run with the same file stopped'
complete -c assent -n '__assent_in filter' -l checkpoint-every -x -d 'of input, between two checkpoints'
complete -c assent -n '__assent_in filter' -l force -d 'replace files that are in the way of --split'
complete -c assent -n '__assent_in filter' -l max-line -x -d 'longer lines are rejected'
complete -c assent -n '__assent_in filter' -l rejects -rF -d 'keep the lines that are not events'
complete -c assent -n '__assent_in filter' -l on-reject -x -a 'continue stop' -d 'what to do then'
complete -c assent -n '__assent_in filter' -l progress -f -a 'auto always never' -d 'show how far it has come'
complete -c assent -n '__assent_in filter' -l sandbox -x -a 'auto require off' -d 'give up what a filter does not need'
complete -c assent -n '__assent_in filter' -l since -x -d 'only events whose timestamp is this or later'
complete -c assent -n '__assent_in filter' -l split -rF -d 'a file for each destination, untagged, in place of standard output'
complete -c assent -n '__assent_in filter' -l split-compress -x -a 'gz zst' -d 'compress those files'
complete -c assent -n '__assent_in filter' -l stats -f -a 'table json' -d 'count decisions on standard error'
complete -c assent -n '__assent_in filter' -l until -x -d 'only events whose timestamp is earlier'

complete -c assent -n '__assent_in check' -s f -l format -x -a 'text json github sarif' -d 'how findings are told'
complete -c assent -n '__assent_in check' -l strict -d 'warnings fail, too'
complete -c assent -n '__assent_in check' -l against -rF -d 'compare with real events'

complete -c assent -n '__assent_in explain' -l line -x -d 'only the event on this line'
complete -c assent -n '__assent_in explain' -l message-id -x -d 'only events with this messageId'
