# DBD::Pg: `features`, or `text FILE` for the statements of a job.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:async);
use JSON::PP;
binmode STDOUT, ':utf8';

my $calls = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs";
my $json = JSON::PP->new->canonical->allow_nonref;

sub session { DBI->connect('dbi:Pg:', $_[0], undef, { RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, pg_server_prepare => $_[1] // 1 }) }

sub show { my ($title, @values) = @_; print join(' ', $title, map { $json->encode($_) } @values), "\n" }

sub statements {
  my %sessions;
  open my $file, '<', $_[0] or die $!;
  for my $statement (@{ decode_json(do { local $/; <$file> }) }) {
    my $role = $statement->{as} // '';
    my $session = $sessions{$role} //= session($role);
    my $rows = eval {
      my $handle = $session->prepare($statement->{sql}, { pg_placeholder_dollaronly => 1 });
      $handle->execute;
      my $all = $handle->{NUM_OF_FIELDS} ? $handle->fetchall_arrayref : [];
      # Numbers as DBD::Pg has them; arrays are arrays.
      [ map { [ @$_ ] } @$all ];
    };
    print $json->encode($rows ? { rows => $rows } : { error => $session->state }), "\n";
  }
  $_->disconnect for values %sessions;
}

sub features {
  for my $prepare (0, 1) {
    my $session = session('', $prepare);
    my $some = $session->prepare("$calls WHERE id <= ? ORDER BY id");
    for my $most (2, 4) {
      $some->execute($most);
      show('rows', $some->fetchall_arrayref, $some->{NAME}, $some->{pg_type});
    }
    show('hash', $session->selectall_hashref("$calls WHERE id < 3", 'id'));
    $session->begin_work;
    my $insert = $session->prepare("INSERT INTO moods SELECT ?::int, (aws_comprehend.detect_sentiment(?, 'en')).sentiment");
    show('execute_array', scalar $insert->execute_array({}, [1, 2, 3], ['text 1', 'text 2', 'text 3']));
    show('written', $session->selectall_arrayref('SELECT * FROM moods ORDER BY id'));
    $session->pg_savepoint('here');
    eval { $session->do("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment") };
    show('error', $session->state, $session->ping);
    $session->pg_rollback_to('here');
    $session->rollback;
    show('undone', $session->selectrow_array('SELECT count(*) FROM moods'));
    $session->do("COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id < 4 ORDER BY id) TO STDOUT");
    my ($line, @lines);
    push @lines, $line while $session->pg_getcopydata($line) >= 0;
    show('copy out', @lines);
    $session->do('COPY moods FROM STDIN');
    $session->pg_putcopydata("1\tone\n");
    $session->pg_putcopyend;
    show('deleted', $session->do('DELETE FROM moods'));
    my $handle = $session->prepare("$calls WHERE id = 3", { pg_async => PG_ASYNC });
    $handle->execute;
    $handle->pg_result;
    show('asynchronous', $handle->fetchall_arrayref);
    $session->disconnect;
  }
}

$ARGV[0] eq 'features' ? features() : statements($ARGV[1]);
