# Runs the commands that examples.awk has taken out of a document, in their order and in this one
# shell, so that variables and $? carry over: sh steps.sh FOLDER
steps=$1
last=0
for step in "$steps"/*.cmd; do
    command=$(cat "$step")
    (exit "$last") # for the command's $?
    eval "$command" >"${step%.cmd}.got" 2>&1 </dev/null
    last=$?
done
