# Compares a column of the table in samples/README.md with what the program delivers.
# Files: the mapping (one destination a line that starts with four spaces, after "destinations"),
# the tables, the events, the program's output. Variables: column, the field between bars, and
# cells, how many of them a row of the table in question has.
FNR == 1 {
    file++
}
file == 1 && /^  "destinations"/ {
    in_destinations = 1
}
file == 1 && in_destinations && /^    "/ {
    split($0, part, "\"")
    order[++n] = part[2]
}
file == 2 && /^\| [0-9]+ \|/ && split($0, cell, " \\| ") == cells {
    sub(/^\| /, "", cell[1])
    sub(/ \|$/, "", cell[cells])
    line = cell[1] + 0
    rows++
    expand(line, cell[column - 1])
}
file == 3 {
    line_of[$0] = FNR
    events = FNR
    if ($0 !~ "\"type\": ?\"" type_of[FNR] "\"")
        complain("line " FNR " is no " type_of[FNR])
}
file == 4 {
    tab = index($0, "\t")
    line = line_of[substr($0, tab + 1)]
    got[line, substr($0, 1, tab - 1)] = 1
}

function complain(text) {
    print text
    wrong = 1
}

# "all", "none", "all but A, B" or "A, B" into want[line, id].
function expand(line, text,    but, i, ids, k, named) {
    type_of[line] = cell[2]
    but = sub(/^all but /, "", text)
    k = split(text, ids, ", ")
    for (i = 1; i <= k; i++)
        named[ids[i]] = 1
    for (i = 1; i <= n; i++) {
        if (text == "all" || (text != "none" && but != (order[i] in named)))
            want[line, order[i]] = 1
        delete named[order[i]]
    }
    for (i in named)
        if (i != "all" && i != "none")
            complain("line " line ": no destination " i)
}

END {
    if (rows != events || n == 0)
        complain(rows " rows, " events " events, " n " destinations")
    for (line = 1; line <= events; line++)
        for (i = 1; i <= n; i++)
            if (((line, order[i]) in want) != ((line, order[i]) in got))
                complain("line " line ": " order[i] " is " \
                    (((line, order[i]) in got) ? "delivered" : "blocked"))
    exit wrong
}
