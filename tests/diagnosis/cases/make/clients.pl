# Programs in Perl, each with a mistake that people make. One line for each request.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(hmac_sha1 hmac_sha1_hex hmac_sha1_base64);
use Encode qw(encode);
use MIME::Base64 qw(encode_base64);
use Time::HiRes;
use URI::Escape qw(uri_escape uri_escape_utf8 uri_unescape);

my ($key, $secret) = ('dpf43f3p2l4k3l03nnnn', 'kd94hf93k+423/kf44A=');
my ($token, $token_secret) = ('nnch734d00sl2jdkpppp', 'pfkkdhi9sl3r/4s00+Q=');
sub strict_escape { my $s = encode('UTF-8', shift); $s =~ s/([^A-Za-z0-9\-._~])/sprintf('%%%02X', ord $1)/ge; $s }

sub deliver {
    my ($name, $expected, %o) = @_;
    my $enc = $o{enc} || \&strict_escape;
    my ($method, $url) = ($o{method} || 'POST', $o{url} || 'http://api.example.com/services/rest?format=rest');
    my @form = @{$o{form} || [['text', 'café au lait!'], ['tags', 'a b']]};
    @form = () if $method eq 'GET';
    my @oauth = (['oauth_consumer_key', $key], ['oauth_nonce', int(rand(1e15))], ['oauth_signature_method', 'HMAC-SHA1'], ['oauth_timestamp', $o{timestamp} || time], ['oauth_token', $token], ['oauth_version', '1.0']);
    my ($base, $query) = split /\?/, $url, 2;
    my @query = $o{no_query} ? () : map { [map { my $t = $_; $t =~ tr/+/ /; uri_unescape($t) } split(/=/, $_, 2)] } split /&/, ($query || '');
    my @pairs = map { [$enc->($_->[0]), $enc->($_->[1])] } @oauth, @query, ($o{no_form} ? () : @form), @{$o{more} || []};
    @pairs = $o{sort} ? $o{sort}->(@pairs) : sort { $a->[0] cmp $b->[0] || $a->[1] cmp $b->[1] } @pairs;
    my $string = join '&', ($o{sign_method} || $method), $enc->($o{sign_url} || $base), $enc->(join '&', map { "$_->[0]=$_->[1]" } @pairs);
    my $k = $o{key} || strict_escape($secret) . '&' . strict_escape($token_secret);
    my $signature = $o{digest} ? $o{digest}->($string, $k) : encode_base64(hmac_sha1($string, $k), '');
    my $header = join ', ', map { "$_->[0]=\"" . strict_escape($_->[1]) . '"' } @oauth, ['oauth_signature', $signature];
    my $body = join '&', map { strict_escape($_->[0]) . '=' . strict_escape($_->[1]) } @form;
    print join("\t", "perl-$name", 3, $expected, $o{encoder} || 'uri_escape', $o{server} || 'ruby', $method, $url, "OAuth $header", @form ? 'application/x-www-form-urlencoded' : '', encode_base64($o{body} // $body, ''), $o{comment} || ''), "\n";
}

deliver('uri-escape-old', 'reserved-left-unencoded', enc => sub { uri_escape_utf8($_[0], "^A-Za-z0-9\\-\\._~!*'()") }, comment => "URI::Escape before 5.0 leaves !*'()");
deliver('uri-escape-latin-1', 'another-charset', enc => sub { uri_escape(encode('ISO-8859-1', $_[0])) }, server => 'oauthlib', comment => 'uri_escape of text that is not UTF-8');
deliver('sha-base64', 'signature-without-padding', digest => \&hmac_sha1_base64, encoder => 'hmac_sha1_base64', server => 'php', comment => 'Digest::SHA does not pad');
deliver('sha-base64-node', 'signature-without-padding', digest => \&hmac_sha1_base64, encoder => 'hmac_sha1_base64', server => 'node', method => 'GET');
deliver('line-end', 'blanks-around-signature', digest => sub { encode_base64(hmac_sha1(@_)) }, encoder => 'encode_base64', server => 'php', comment => 'encode_base64 ends with a line break');
deliver('hex', 'signature-in-hexadecimal', digest => \&hmac_sha1_hex, encoder => 'hmac_sha1_hex', server => 'node');
deliver('arguments-swapped', 'key-and-text-swapped', digest => sub { encode_base64(hmac_sha1($_[1], $_[0]), '') }, server => 'authlib', comment => 'data and key in the wrong order');
deliver('lower-case-escapes', 'escapes-in-lower-case', enc => sub { my $s = encode('UTF-8', shift); $s =~ s/([^A-Za-z0-9\-._~])/sprintf('%%%02x', ord $1)/ge; $s }, encoder => 'sprintf %02x', server => 'oauthlib');
deliver('plus', 'space-as-plus', enc => sub { my $s = strict_escape(shift); $s =~ s/%20/+/g; $s }, encoder => 's/%20/+/g', server => 'authlib');
deliver('sort-lc', 'sorted-ignoring-case', form => [['Tag', 'x'], ['name', 'y']], sort => sub { sort { lc $a->[0] cmp lc $b->[0] } @_ }, server => 'oauthlib');
deliver('sort-joined', 'sorted-joined', form => [['a', '1'], ['a.b', '2']], sort => sub { map { [split /=/, $_, 2] } sort map { "$_->[0]=$_->[1]" } @_ }, server => 'php');
deliver('unsorted', 'unsorted', form => [['z', '1'], ['b', '2']], sort => sub { @_ }, server => 'authlib');
deliver('no-form', 'form-left-out', no_form => 1, server => 'ruby');
deliver('no-query', 'query-left-out', no_query => 1, server => 'node');
deliver('lc-method', 'method-not-in-capitals', sign_method => 'post', server => 'php');
deliver('time-hires', 'timestamp-malformed', timestamp => sprintf('%.3f', Time::HiRes::time()), server => 'oauthlib');
deliver('slash', 'slash-left-unencoded', enc => sub { my $s = strict_escape(shift); $s =~ s/%2F/\//g; $s }, server => 'ruby');
deliver('secrets-raw', 'secrets-not-encoded', key => "$secret&$token_secret", server => 'authlib');
deliver('chomp', 'client-secret-with-white-space', key => strict_escape("$secret\n") . '&' . strict_escape($token_secret), server => 'oauthlib', comment => 'a secret that was read without chomp');
deliver('token-as-secret', 'identifier-as-secret', key => strict_escape($secret) . '&' . strict_escape($token), server => 'ruby');
deliver('pair-latin-1-and-padding', 'another-charset,signature-without-padding', enc => sub { uri_escape(encode('ISO-8859-1', $_[0])) }, digest => \&hmac_sha1_base64, server => 'php');
deliver('pair-form-and-lower-case', 'form-left-out,escapes-in-lower-case', no_form => 1, enc => sub { my $s = encode('UTF-8', shift); $s =~ s/([^A-Za-z0-9\-._~])/sprintf('%%%02x', ord $1)/ge; $s }, server => 'oauthlib');
deliver('control-hand', 'right', server => 'authlib');
deliver('control-get', 'right', server => 'oauthlib', method => 'GET');
deliver('control-forbidden', 'right', server => 'node', url => 'http://api.example.com/forbidden/1');
deliver('unknown-truncated-secret', 'unknown', key => strict_escape('kd94hf93k+423') . '&' . strict_escape($token_secret), server => 'authlib', comment => 'a secret of which a third is missing');
require Net::OAuth;
require Net::OAuth::ProtectedResourceRequest;
for (['control-net-oauth', 'oauthlib', 'right'], ['control-net-oauth-php', 'php', 'right'], ['control-net-oauth-ruby', 'ruby', 'right']) {
    my $request = Net::OAuth->request('protected resource')->new(consumer_key => $key, consumer_secret => $secret, token => $token, token_secret => $token_secret,
        request_url => 'http://api.example.com/services/rest', request_method => 'GET', signature_method => 'HMAC-SHA1', timestamp => time, nonce => int(rand(1e15)));
    $request->sign;
    print join("\t", "perl-$_->[0]", 3, $_->[2], 'Net::OAuth', $_->[1], 'GET', 'http://api.example.com/services/rest', $request->to_authorization_header, '', '', ''), "\n";
}
