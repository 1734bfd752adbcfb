-- KEYS: the token's key, the access log. ARGV: scene, today, client. Answers the benefit, or nothing.
local person = redis.call('GET', KEYS[1])
if not person then
  return nil
end
local scene = ARGV[1]
local facts = redis.call('HMGET', 'p:' .. person, 'score', 'c:' .. scene, 'a:' .. scene)
local benefit = ''
if facts[2] and facts[2] > ARGV[2] then
  local score = math.max(tonumber(facts[1]), 100)
  if score >= 150 then
    benefit = 'fare-half'
  elseif score >= 110 then
    benefit = 'fare-discount'
  elseif not facts[3] then
    benefit = 'ride-first'
  end
end
-- The access log: bounded, as Redis's documentation recommends for streams.
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '1000000', '*', 'p', person, 's', scene, 'c', ARGV[3], 'b', benefit)
return benefit
