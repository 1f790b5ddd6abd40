# Takes the shown commands of a document apart: for the command on line N, steps/N.cmd holds the
# command and steps/N.want what it prints. See run.sh.
function end_command() {
    if (name == "")
        return
    close(name ".cmd")
    close(name ".want")
    name = ""
}

/^\.Bd -literal/ || /^```console$/ {
    inside = 1
    next
}
/^\.Ed/ || /^```$/ {
    inside = 0
    end_command()
    next
}
!inside {
    next
}
FILENAME !~ /\.md$/ {
    # roff's ways to write \ and nothing
    gsub(/\\e/, "\\")
    gsub(/\\&/, "")
}
/^\$ / {
    end_command()
    name = sprintf("%s/%05d", steps, FNR)
    print substr($0, 3) > (name ".cmd")
    next
}
/^> / {
    print substr($0, 3) > (name ".cmd")
    next
}
{
    print > (name ".want")
}
