# What assent does under its default policy, as far as jq can: duplicate keys, look-alikes and bytes
# that are no UTF-8 are not seen here.
#
#   jq -nr --slurpfile mapping mapping.json -f segment_beta.jq events.ndjson
#
# With -R as well, the lines are taken raw and come out as they were, which is faster.

# A key of an object, or the default where it is missing; null is not missing.
def member($key; default): if has($key) then .[$key] else default end;

# The categories that consent can come from: a disabled one never gives it.
def enabled($categories): map(select(. as $id | $categories[$id].enabled != false));

def destinations:
  .categories as $categories
  | .destinations | to_entries | map(
      .key as $id
      | (.value | if type == "array" then {categories: .} else . end)
      | {
          tag: "\($id)\t",
          enforced: ((.kind // "event-streaming") == "event-streaming"),
          warehouse: (.kind == "warehouse"),
          keys: (.integrations // [.name // $id]),
          categories: (.categories // [] | enabled($categories // {}))
        });

# null: there is no consent object. What is no object consents to nothing.
def preferences:
  member("context"; {})
  | if type != "object" then {}
    elif has("consent") | not then null
    else .consent
      | if type != "object" then {} else .categoryPreferences end
      | if type != "object" then {} else . end
    end;

def allows: . == true or type == "object";

# Whether the integrations object lets an event go to the destination.
def allowed($destination):
  if type != "object" then false
  elif length == 0 then true
  else . as $integrations
    | [$destination.keys[] | select(in($integrations)) | $integrations[.]]
    | if length != 0 then all(.[]; allows)
      else $destination.warehouse or ($integrations | member("All"; true) | allows)
      end
  end;

($mapping[0] | destinations) as $destinations
| inputs
| (if type == "string" then . else tojson end) as $line
| (if type == "string" then fromjson else . end)
| preferences as $preferences
| member("integrations"; {}) as $integrations
| $destinations[]
| select(
    . as $destination
    | if .enforced and $preferences != null
      then any(.categories[]; $preferences[.] == true)
      else $integrations | allowed($destination)
      end)
| .tag + $line
