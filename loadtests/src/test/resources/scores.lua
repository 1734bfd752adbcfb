-- Citizens look at their scores, for wrk: wrk … -s scores.lua http://127.0.0.1:8080 -- citizens.txt
-- The file has one token of the issuer a line.

local requests = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", "/v1/me/score", { ["Authorization"] = "Bearer " .. line })
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
