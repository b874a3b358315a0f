
// What Caspian can be asked since the adapters above were written. shared.sh appends this file to a copy of them.
caspian.W5 = (p) => gql('query($id:ID!){neighbourhood(of:$id,depth:3,direction:OUT,relations:["exports","produces","works","others"],maxLinks:null){count}}', { id: v(p.id) });
caspian.shape.W5 = (d) => ({ reach: d.data.neighbourhood.count });
