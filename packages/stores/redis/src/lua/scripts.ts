import { RESERVATIONS } from './reservations.js';
import { WINDOWS } from './windows.js';

const script = (body: string): string => WINDOWS + RESERVATIONS + body;

/** All or nothing over every claim; a second call with the id of a reservation takes nothing more. */
export const RESERVE = script(String.raw`
local no = refusal()
if no then return no end
sweep(32)
local existing = unpacked('r:' .. asked.id)
local granted = existing and existing.x == 0
local refused = 0
for index, claim in ipairs(asked.claims) do
  local c = current(claim[1], claim[2], claim[5])
  if refused == 0 and not granted and c.u + claim[3] > claim[4] then refused = index end
end
if refused == 0 and not granted then
  local r = { x = 0, l = {} }
  for index, claim in ipairs(asked.claims) do
    local c = current(claim[1], claim[2], claim[5])
    local cell = take(c, claim[1], claim[2], claim[5], claim[3], now)
    r.l[index] = { claim[1], claim[2], claim[5], claim[6], claim[3], cell }
  end
  keep(asked.id, r, now + asked.leaseMs)
end
local reply = { refused > 0 and 'no' or 'ok', now, refused }
for _, claim in ipairs(asked.claims) do
  local c = current(claim[1], claim[2], claim[5])
  local over = c.u + claim[3] - claim[4]
  report(reply, c, claim[2], claim[5], (refused > 0 and over > 0) and over or math.huge)
end
return reply
`);

/** Begins leases anew. One that was over holds again what it held. */
export const RENEW = script(String.raw`
local no = refusal()
if no then return no end
for _, id in ipairs(asked.ids) do
  local r = unpacked('r:' .. id)
  if r and r.x == 1 then
    for _, hold in ipairs(r.l) do
      local c = current(hold[1], hold[2], hold[3])
      if hold[2] == 'g' then hold[6] = take(c, hold[1], hold[2], hold[3], hold[5], now)
      else change(hold[1], hold[2], hold[3], hold[6], hold[5], hold[5]) end
    end
    r.x = 0
    keep(id, r, now + asked.leaseMs)
  elseif r then
    redis.call('ZADD', DUE, now + asked.leaseMs, 'r:' .. id)
  end
end
return { 'ok', now, 0 }
`);

/** Ends a reservation with what was used. One that is not known, or was ended, is left as it is. */
export const SETTLE = script(String.raw`
local no = refusal()
if no then return no end
local r = unpacked('r:' .. asked.id)
if not r then return { 'ok', now, 0 } end
for _, hold in ipairs(r.l) do
  local kept = hold[2] == 'g' and 0 or (asked.actual[hold[4]] or hold[5])
  if r.x == 0 then change(hold[1], hold[2], hold[3], hold[6], kept - hold[5], -hold[5])
  else change(hold[1], hold[2], hold[3], hold[6], kept, 0) end
end
forget(asked.id)
return report_of(r)
`);

/** As if it had never been reserved. */
export const CANCEL = script(String.raw`
local no = refusal()
if no then return no end
local r = unpacked('r:' .. asked.id)
if not r then return { 'ok', now, 0 } end
if r.x == 0 then let_go(r) end
forget(asked.id)
return report_of(r)
`);

/**
 * Counts what was admitted somewhere else, at a time of this server's clock, whatever the limits; in the windows of that time alone.
 * One that is there already is left as it is, but for its lease.
 */
export const ADOPT = script(String.raw`
local no = refusal()
if no then return no end
local existing = unpacked('r:' .. asked.id)
if existing and existing.x == 0 then
  redis.call('ZADD', DUE, now + asked.leaseMs, 'r:' .. asked.id)
  return report_of(existing)
end
local at = math.min(now, asked.atMs)
local r = { x = 0, l = {} }
for _, claim in ipairs(asked.claims) do
  local field, kind, window = claim[1], claim[2], claim[5]
  local c = current(field, kind, window)
  local counts = c.b <= at
  if c.new and kind ~= 's' then
    local b, e = period_at(kind, window, at)
    counts = e == -1 or e > now
    if counts then c.b, c.e = b, e end
  end
  if kind == 's' then counts = at > now - window end
  if counts then r.l[#r.l + 1] = { field, kind, window, claim[6], claim[3], take(c, field, kind, window, claim[3], at) } end
end
keep(asked.id, r, now + asked.leaseMs)
return report_of(r)
`);

/**
 * Puts back what was counted in an epoch that is gone: of several gateways that tell of one count, who knew its latest
 * version is believed. What was counted since is kept.
 */
export const RESTORE = script(String.raw`
local no = refusal()
if no then return no end
for _, known in ipairs(asked.counts) do
  local field, kind, window, b, e, settled, version = unpack(known)
  if e == -1 or e > now then
    local c = current(field, kind, window)
    if version > c.bv or (version == c.bv and settled > c.bs) then
      local difference = settled - c.bs
      if kind == 's' then
        local grain = grain_at(c, math.floor(now / (window / GRAINS)))
        grain[2] = grain[2] + difference
        redis.call('ZADD', DUE, sliding_end(c, window), 'c:' .. field)
      elseif c.new then
        c.b, c.e = b, e
      end
      c.u = c.u + difference
      c.bv, c.bs = version, settled
      c.v = math.max(c.v, version)
      save(field, kind, c)
    end
  end
end
return { 'ok', now, 0 }
`);

/**
 * A sign of life. Begins a new epoch where there is none, or half of it is gone; lets leases end; tells of the epoch, when
 * it opens, how many gateways there are, and of the counts that are asked for.
 */
export const TICK = script(String.raw`
local head = redis.call('HMGET', COUNTS, 'epoch', 'opens')
if not head[1] or not redis.call('ZSCORE', DUE, 'epoch:' .. head[1]) then
  head = { asked.newEpoch, now + asked.graceMs }
  redis.call('DEL', COUNTS, DUE)
  redis.call('HSET', COUNTS, 'epoch', head[1], 'opens', head[2])
  redis.call('ZADD', DUE, '+inf', 'epoch:' .. head[1])
else
  sweep(64)
end
redis.call('ZADD', GATEWAYS, now + asked.aliveMs, asked.gateway)
redis.call('ZREMRANGEBYSCORE', GATEWAYS, '-inf', now)
local reply = { 'tick', now, head[1], tonumber(head[2]), redis.call('ZCARD', GATEWAYS) }
for _, claim in ipairs(asked.counts) do
  report(reply, current(claim[1], claim[2], claim[5]), claim[2], claim[5], 0)
end
return reply
`);
