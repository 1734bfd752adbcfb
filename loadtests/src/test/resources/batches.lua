-- Batches of checks with real tokens for wrk: wrk … -s batches.lua http://127.0.0.1:8080 -- tokens.csv 1000
-- Each request is a batch of so many of the file's "scheme,token" lines. The key comes from OSMANTHUS_API_KEY.

local requests = {}
local at = 0

function init(args)
  local key = os.getenv("OSMANTHUS_API_KEY") or ""
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key }
  local size = tonumber(args[2])
  local subjects = {}
  for line in io.lines(args[1]) do
    local scheme, token = line:match("^(%l+),(.+)$")
    subjects[#subjects + 1] = string.format('{"scheme":"%s","token":"%s"}', scheme, token)
    if #subjects == size then
      local body = '{"subjects":[' .. table.concat(subjects, ",") .. ']}'
      requests[#requests + 1] = wrk.format("POST", "/v1/scenes/transit/checks/batch", headers, body)
      subjects = {}
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
