export default function Page() {
  return <p>Reviews</p>;
}
