-- Checks with real tokens for wrk: wrk … -s checks.lua http://127.0.0.1:8080 -- tokens.csv
-- The file has one "scheme,token" a line (TokenFile writes it). The key comes from OSMANTHUS_API_KEY, never from an argument.
-- Requests are formatted once, so that wrk itself costs as little as it can.

local requests = {}
local at = 0

function init(args)
  local key = os.getenv("OSMANTHUS_API_KEY") or ""
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key }
  for line in io.lines(args[1]) do
    local scheme, token = line:match("^(%l+),(.+)$")
    local body = string.format('{"scheme":"%s","token":"%s"}', scheme, token)
    requests[#requests + 1] = wrk.format("POST", "/v1/scenes/transit/checks", headers, body)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
