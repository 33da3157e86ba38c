// A resource server with npm's oauth-sign, as hand-written Node servers are. Its answers are JSON and say little;
// below /debug it tells its base string, as a sandbox does, and below /yours the signature that it expected.
const http = require('http'), sign = require('oauth-sign'), qs = require('querystring');
const secrets = {dpf43f3p2l4k3l03nnnn: 'kd94hf93k+423/kf44A=', phrase3p2l4k3l03nnnn: "it's (my) ~secret!", renewed3p2l4k3l03nnn: 'aQ7+renewed/Zk18fK9='};
const tokens = {nnch734d00sl2jdkpppp: 'pfkkdhi9sl3r/4s00+Q='};
http.createServer((req, res) => {
  let body = '';
  req.on('data', chunk => body += chunk);
  req.on('end', () => {
    const say = (status, message) => {
      res.writeHead(status, {'Content-Type': 'application/json'});
      res.end(JSON.stringify(message));
    };
    const url = new URL((req.headers['x-forwarded-proto'] || 'http') + '://' + req.headers.host + req.url);
    const params = Object.assign({}, qs.parse(url.search.slice(1)));
    if ((req.headers['content-type'] || '').startsWith('application/x-www-form-urlencoded')) Object.assign(params, qs.parse(body));
    const header = /^OAuth\s+(.*)$/i.exec(req.headers.authorization || '');
    if (header) for (const part of header[1].split(/,\s*/)) {
      const [, name, value] = /^([^=]+)="(.*)"$/.exec(part) || [];
      if (name && name !== 'realm') params[decodeURIComponent(name)] = decodeURIComponent(value);
    }
    const given = params.oauth_signature;
    delete params.oauth_signature;
    if (!params.oauth_consumer_key || !given) return say(401, {error: 'not signed in'});
    if (!(params.oauth_consumer_key in secrets)) return say(401, {errors: [{code: 32, message: 'Could not authenticate you.'}]});
    if (url.pathname.includes('/broken')) return say(500, {message: 'Internal error'});
    if (params.oauth_nonce === 'usednonce') return say(401, {error: 'nonce already used'});
    const address = url.protocol + '//' + url.host + url.pathname;
    let right;
    try {
      right = sign.sign(params.oauth_signature_method, req.method, address, params, secrets[params.oauth_consumer_key], tokens[params.oauth_token] || '');
    } catch (error) { return say(400, {error: 'Signature type not supported'}); }
    if (right === given) {
      if (url.pathname.includes('/limited')) return say(429, {errors: [{code: 88, message: 'Rate limit exceeded'}]});
      if (url.pathname.includes('/forbidden')) return say(403, {errors: [{code: 220, message: 'Your credentials do not allow access to this resource.'}]});
      if (url.pathname.includes('/invalid')) return say(422, {errors: [{message: 'status is too long'}]});
      return say(200, {ok: true});
    }
    if (url.pathname.includes('/debug')) return say(401, {error: 'Invalid signature', base_string: sign.generateBase(req.method, address, params)});
    if (url.pathname.includes('/yours')) return say(401, {error: 'signature mismatch', expected_signature: right});
    say(401, {errors: [{code: 32, message: 'Could not authenticate you.'}]});
  });
}).listen(+process.argv[2], '127.0.0.1');
